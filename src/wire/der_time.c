/*
 * Times in DER, both ways (X.690, 11.7 and 11.8; RFC 5280, 4.1.2.5).
 *
 * Only the two forms that RFC 5280 allows are read: YYMMDDHHMMSSZ as UTCTime (years 1950 to 2049)
 * and YYYYMMDDHHMMSSZ as GeneralizedTime, with seconds, without fractions, without an offset. There
 * are no leap seconds. GeneralizedTime is read for years before 2050 too, as 4.1.2.5 asks of
 * applications, but written only where UTCTime cannot hold the year, or where it must be.
 */
#include "wire/der.h"

enum {
	UTC_TIME_LEN = 13,
	GENERALIZED_TIME_LEN = 15,
	UTC_FIRST_YEAR = 1950,
	UTC_LAST_YEAR = 2049,
	LAST_YEAR = 9999,

	DAY = 86400,
	DAYS_OF_400_YEARS = 146097,
	DAYS_FROM_0000_TO_1970 = 719528,
};

struct civil {
	int year, month, day;
	int hour, minute, second;
};

static bool is_leap(int year)
{
	return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static int days_of_month(int year, int month)
{
	static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };

	return days[month - 1] + (month == 2 && is_leap(year) ? 1 : 0);
}

/* Days from 1 January of the year 0 to that of this year (at least 0). */
static int64_t days_before_year(int year)
{
	int past = year - 1;

	if (year == 0)
		return 0;
	/* The year 0 is a leap year: it is the 1 that past / 4 and the others leave out. */
	return 365 * (int64_t)year + past / 4 - past / 100 + past / 400 + 1;
}

static int64_t civil_seconds(const struct civil *c)
{
	int64_t days = days_before_year(c->year) + c->day - 1 - DAYS_FROM_0000_TO_1970;

	for (int month = 1; month < c->month; month++)
		days += days_of_month(c->year, month);
	return days * DAY + c->hour * 3600 + c->minute * 60 + c->second;
}

/* Only for years 0 to 9999; false outside. */
static bool civil_from_seconds(int64_t seconds, struct civil *c)
{
	const int64_t first = -(int64_t)DAYS_FROM_0000_TO_1970 * DAY;
	int64_t since, days;
	int rest;

	if (seconds < first || seconds >= first + days_before_year(LAST_YEAR + 1) * DAY)
		return false;
	since = seconds - first;
	days = since / DAY;
	rest = (int)(since % DAY);
	/* The mean length of a year puts the estimate one year off at most. */
	c->year = (int)(days * 400 / DAYS_OF_400_YEARS);
	while (days_before_year(c->year) > days)
		c->year--;
	while (days_before_year(c->year + 1) <= days)
		c->year++;
	days -= days_before_year(c->year);
	for (c->month = 1; days >= days_of_month(c->year, c->month); c->month++)
		days -= days_of_month(c->year, c->month);
	c->day = (int)days + 1;
	c->hour = rest / 3600;
	c->minute = rest / 60 % 60;
	c->second = rest % 60;
	return true;
}

/* Two decimal digits at *p, which moves on; anything else sticks in *bad. */
static int two_digits(const uint8_t **p, bool *bad)
{
	const uint8_t *d = *p;

	*p += 2;
	if (d[0] < '0' || d[0] > '9' || d[1] < '0' || d[1] > '9') {
		*bad = true;
		return 0;
	}
	return (d[0] - '0') * 10 + (d[1] - '0');
}

static bool parse_civil(int tag, struct span text, struct civil *c)
{
	const uint8_t *p = text.data;
	bool bad = false;

	if (text.len != (tag == DER_UTC_TIME ? UTC_TIME_LEN : GENERALIZED_TIME_LEN))
		return false;
	c->year = two_digits(&p, &bad);
	if (tag == DER_UTC_TIME)
		c->year += c->year >= UTC_FIRST_YEAR % 100 ? 1900 : 2000;
	else
		c->year = c->year * 100 + two_digits(&p, &bad);
	c->month = two_digits(&p, &bad);
	c->day = two_digits(&p, &bad);
	c->hour = two_digits(&p, &bad);
	c->minute = two_digits(&p, &bad);
	c->second = two_digits(&p, &bad);
	if (bad || *p != 'Z')
		return false;
	return c->month >= 1 && c->month <= 12 && c->day >= 1 &&
	       c->day <= days_of_month(c->year, c->month) && c->hour <= 23 && c->minute <= 59 &&
	       c->second <= 59;
}

int64_t der_time(struct reader *r)
{
	struct reader at = *r;
	int tag = der_peek(r) == DER_GENERALIZED_TIME ? DER_GENERALIZED_TIME : DER_UTC_TIME;
	struct span text = der_element(r, tag);
	struct civil c;

	if (reader_failed(r))
		return 0;
	if (!parse_civil(tag, text, &c)) {
		FAIL(r->err, BAD_TIME);
		reader_note_place(&at);
		return 0;
	}
	return civil_seconds(&c);
}

static uint8_t *put_two(uint8_t *p, int v)
{
	p[0] = (uint8_t)('0' + v / 10);
	p[1] = (uint8_t)('0' + v % 10);
	return p + 2;
}

/* The digits of a time in one of the two forms, and Z. */
static size_t put_civil(uint8_t text[GENERALIZED_TIME_LEN], const struct civil *c, bool utc)
{
	uint8_t *p = text;

	if (!utc)
		p = put_two(p, c->year / 100);
	p = put_two(p, c->year % 100);
	p = put_two(p, c->month);
	p = put_two(p, c->day);
	p = put_two(p, c->hour);
	p = put_two(p, c->minute);
	p = put_two(p, c->second);
	*p++ = 'Z';
	return (size_t)(p - text);
}

static void write_time(struct writer *w, int64_t seconds, bool may_be_utc)
{
	uint8_t text[GENERALIZED_TIME_LEN];
	struct civil c;
	size_t len;
	bool utc;

	if (!civil_from_seconds(seconds, &c)) {
		FAILF(w->err, BAD_TIME, "the year is not between 0 and 9999");
		return;
	}
	utc = may_be_utc && c.year >= UTC_FIRST_YEAR && c.year <= UTC_LAST_YEAR;
	len = put_civil(text, &c, utc);
	der_write_element(w, utc ? DER_UTC_TIME : DER_GENERALIZED_TIME, span_make(text, len));
}

void der_write_time(struct writer *w, int64_t seconds)
{
	write_time(w, seconds, true);
}

void der_write_generalized_time(struct writer *w, int64_t seconds)
{
	write_time(w, seconds, false);
}
