/* Files and folders for cold threads: Swift without Foundation has no other way to them. Every function
 * returns its answer or the negative errno. */
#ifndef ST_FILES_H
#define ST_FILES_H

#include "st_plumbing.h"

int64_t st_file_make_folder(const char *_Nonnull path);
int64_t st_file_remove(const char *_Nonnull path);
int64_t st_file_remove_folder(const char *_Nonnull path);
/* Replaces the file as one: a temporary file beside it, fsync, rename, fsync of the folder. */
int64_t st_file_replace(const char *_Nonnull path, const char *_Nonnull folder, const void *_Nullable bytes,
                        size_t count);
/* Bytes read from `offset` on, at most `capacity`: fewer at the end of the file. */
int64_t st_file_read_at(const char *_Nonnull path, uint64_t offset, void *_Nonnull into, size_t capacity);
int64_t st_file_sync_folder(const char *_Nonnull path);
int64_t st_file_truncate(const char *_Nonnull path, uint64_t bytes);
/* Maps a whole file for reading. Bytes, 0 when it is empty (then nothing is mapped). */
int64_t st_file_map(const char *_Nonnull path, const void *_Nullable *_Nonnull mapped);
void st_file_unmap(const void *_Nonnull mapped, size_t bytes);
/* Calls `each` with the name of every entry besides . and .. */
int64_t st_file_list(const char *_Nonnull folder, void *_Nullable context,
                     void (*_Nonnull each)(void *_Nullable context, const char *_Nonnull name));
/* Fills with random bytes from the kernel. */
int64_t st_random_bytes(void *_Nonnull into, size_t count);

#endif
