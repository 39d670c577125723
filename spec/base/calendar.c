#include "calendar.h"

static bool is_leap(unsigned year) { return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0); }

static unsigned days_in(unsigned year, unsigned month)
{
    static const uint8_t days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    return days[month - 1] + (month == 2 && is_leap(year));
}

/* Since 1970, in years that begin in March, so that the leap day comes last. */
static int64_t days_before(unsigned year, unsigned month, unsigned day)
{
    const int64_t y = (int64_t)year - (month <= 2), from_march = (month + 9) % 12;
    const int64_t leap_days = (y >= 0 ? y / 4 : -1) - (y >= 0 ? y / 100 : -1) + (y >= 0 ? y / 400 : -1);
    return 365 * y + leap_days + (153 * from_march + 2) / 5 + (int64_t)day - 1 - 719468;
}

bool calendar_seconds(unsigned year, unsigned month, unsigned day, unsigned hour, unsigned minute, unsigned second, int64_t *seconds)
{
    if (year > 9999 || month < 1 || month > 12 || day < 1 || day > days_in(year, month) || hour > 23 || minute > 59 || second > 59)
        return false;
    *seconds = days_before(year, month, day) * 86400 + (int64_t)(hour * 3600 + minute * 60 + second);
    return true;
}

bool calendar_digits(span *text, size_t n, unsigned *value)
{
    unsigned number = 0;
    if (text->n < n)
        return false;
    for (size_t i = 0; i < n; i++) {
        if (text->p[i] < '0' || text->p[i] > '9')
            return false;
        number = number * 10 + (text->p[i] - '0');
    }
    *value = number;
    *text = span_from(*text, n);
    return true;
}

static bool take(span *text, char c)
{
    const bool is = text->n && text->p[0] == (uint8_t)c;
    *text = span_from(*text, is);
    return is;
}

bool calendar_read(span text, int64_t *seconds)
{
    unsigned year, month, day, hour, minute, second;
    return calendar_digits(&text, 4, &year) && take(&text, '-') && calendar_digits(&text, 2, &month) && take(&text, '-') &&
           calendar_digits(&text, 2, &day) && take(&text, 'T') && calendar_digits(&text, 2, &hour) && take(&text, ':') &&
           calendar_digits(&text, 2, &minute) && take(&text, ':') && calendar_digits(&text, 2, &second) && take(&text, 'Z') &&
           text.n == 0 && calendar_seconds(year, month, day, hour, minute, second, seconds);
}
