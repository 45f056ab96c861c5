/*
 * cxm.c
 *		The module itself.
 */
#include "postgres.h"

#include "common/compat.h"

CXM_MODULE_MAGIC;
