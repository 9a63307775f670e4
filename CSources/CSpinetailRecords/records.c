/* A target needs one translation unit; this one makes sure that the header stands on its own. */
#include "st_records.h"
