/*
 * Marks of the public interface.
 *
 * WARD_API       the symbol is exported from the shared library
 * WARD_MUST_USE  the result tells of success or failure and must be looked at
 */
#ifndef WARD_EXPORT_H
#define WARD_EXPORT_H

#define WARD_API __attribute__((visibility("default")))
#define WARD_MUST_USE __attribute__((warn_unused_result))
#define WARD_PRINTF(fmt, args) __attribute__((format(printf, fmt, args)))

#endif
