#ifndef ST_PLUMBING_H
#define ST_PLUMBING_H
#endif
