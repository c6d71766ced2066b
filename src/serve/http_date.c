/*
 * HTTP dates (RFC 9110, 5.6.7). No locale has a say: day and month are always English.
 *
 *	Sun, 06 Nov 1994 08:49:37 GMT     IMF-fixdate, the one that is written
 *	Sunday, 06-Nov-94 08:49:37 GMT    RFC 850
 *	Sun Nov  6 08:49:37 1994          asctime
 */
#include "serve/http_date.h"

#include <stdio.h>

static const char *const days[] = { "Sunday",   "Monday", "Tuesday", "Wednesday",
				    "Thursday", "Friday", "Saturday" };
static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";

char *http_date_write(time_t when, char buf[HTTP_DATE_LEN + 1])
{
	struct tm tm;

	/* Outside of four digits of a year there is no such date: the epoch stands in. */
	if (when < 0 || when > 253402300799 || gmtime_r(&when, &tm) == NULL)
		tm = (struct tm){ .tm_mday = 1, .tm_year = 70, .tm_wday = 4 };
	snprintf(buf, HTTP_DATE_LEN + 1, "%.3s, %02u %.3s %04u %02u:%02u:%02u GMT",
		 days[tm.tm_wday], (unsigned int)tm.tm_mday % 100,
		 months + (ptrdiff_t)3 * tm.tm_mon, (unsigned int)(tm.tm_year + 1900) % 10000,
		 (unsigned int)tm.tm_hour % 100, (unsigned int)tm.tm_min % 100,
		 (unsigned int)tm.tm_sec % 100);
	return buf;
}

/* A cursor over the text; `ok` turns false at the first thing that does not fit and stays so. */
struct cursor {
	struct span left;
	bool ok;
};

static void take(struct cursor *c, size_t n)
{
	c->left = span_make(c->left.data + n, c->left.len - n);
}

static bool starts_with(const struct cursor *c, const char *s, size_t n)
{
	return c->left.len >= n && span_equal(span_make(c->left.data, n), span_make(s, n));
}

static void expect(struct cursor *c, const char *s)
{
	size_t n = strlen(s);

	c->ok = c->ok && starts_with(c, s, n);
	if (c->ok)
		take(c, n);
}

static int number(struct cursor *c, size_t digits)
{
	int value = 0;

	if (c->left.len < digits)
		c->ok = false;
	for (size_t i = 0; c->ok && i < digits; i++) {
		c->ok = c->left.data[i] >= '0' && c->left.data[i] <= '9';
		value = value * 10 + (c->left.data[i] - '0');
	}
	if (c->ok)
		take(c, digits);
	return c->ok ? value : 0;
}

static int month(struct cursor *c)
{
	for (int i = 0; c->ok && i < 12; i++) {
		if (starts_with(c, months + (ptrdiff_t)3 * i, 3)) {
			take(c, 3);
			return i;
		}
	}
	c->ok = false;
	return 0;
}

static void clock_time(struct cursor *c, struct tm *tm)
{
	tm->tm_hour = number(c, 2);
	expect(c, ":");
	tm->tm_min = number(c, 2);
	expect(c, ":");
	tm->tm_sec = number(c, 2);
}

static void imf_fixdate(struct cursor *c, struct tm *tm)
{
	tm->tm_mday = number(c, 2);
	expect(c, " ");
	tm->tm_mon = month(c);
	expect(c, " ");
	tm->tm_year = number(c, 4) - 1900;
	expect(c, " ");
	clock_time(c, tm);
	expect(c, " GMT");
}

static void rfc850(struct cursor *c, struct tm *tm, time_t now)
{
	struct tm today = { 0 };

	gmtime_r(&now, &today);
	tm->tm_mday = number(c, 2);
	expect(c, "-");
	tm->tm_mon = month(c);
	expect(c, "-");
	tm->tm_year = number(c, 2) + today.tm_year / 100 * 100;
	if (tm->tm_year > today.tm_year + 50)
		tm->tm_year -= 100;
	expect(c, " ");
	clock_time(c, tm);
	expect(c, " GMT");
}

static void asctime_date(struct cursor *c, struct tm *tm)
{
	tm->tm_mon = month(c);
	expect(c, " ");
	if (starts_with(c, " ", 1)) {
		take(c, 1);
		tm->tm_mday = number(c, 1);
	} else {
		tm->tm_mday = number(c, 2);
	}
	expect(c, " ");
	clock_time(c, tm);
	expect(c, " ");
	tm->tm_year = number(c, 4) - 1900;
}

/* The day's name, and with it which of the forms this is. */
static void any_form(struct cursor *c, struct tm *tm, time_t now)
{
	for (size_t i = 0; i < 7; i++) {
		size_t n = strlen(days[i]);

		if (starts_with(c, days[i], n)) {
			take(c, n);
			expect(c, ", ");
			rfc850(c, tm, now);
			return;
		}
		if (!starts_with(c, days[i], 3))
			continue;
		take(c, 3);
		if (starts_with(c, ", ", 2)) {
			take(c, 2);
			imf_fixdate(c, tm);
		} else {
			expect(c, " ");
			asctime_date(c, tm);
		}
		return;
	}
	c->ok = false;
}

bool http_date_read(struct span text, time_t now, time_t *when)
{
	struct cursor c = { text, true };
	struct tm tm = { 0 }, normal;

	any_form(&c, &tm, now);
	if (!c.ok || c.left.len != 0 || tm.tm_hour > 23 || tm.tm_min > 59 || tm.tm_sec > 60)
		return false;
	normal = tm;
	*when = timegm(&normal);
	/* A day that the month does not have has moved on to the next one. */
	return normal.tm_mday == tm.tm_mday || tm.tm_sec == 60;
}
