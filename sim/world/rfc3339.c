#include "rfc3339.h"
#include "bytes.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

/* Days since 1970-01-01 in the proleptic Gregorian calendar; years counted from March make the leap day the last one. */
static int64_t days_of(int64_t year, int month, int day)
{
    year -= month <= 2;
    int64_t era = (year >= 0 ? year : year - 399) / 400;
    int64_t year_of_era = year - era * 400;
    int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * 146097 + day_of_era - 719468;
}

static int days_in(int64_t year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return days[month - 1] + (month == 2 && leap);
}

/* Exactly n digits and then, unless `then` is 0, that character. */
static bool take_number(const char **at, int n, const char *then, int *out)
{
    *out = 0;
    for (; n > 0; n--, (*at)++) {
        if (!isdigit((unsigned char)**at))
            return false;
        *out = *out * 10 + (**at - '0');
    }
    if (!then)
        return true;
    if (**at == 0 || !strchr(then, **at))
        return false;
    (*at)++;
    return true;
}

static bool take_fraction(const char **at, uint32_t *nanoseconds)
{
    *nanoseconds = 0;
    if (**at != '.')
        return true;
    int digits = 0;
    for ((*at)++; isdigit((unsigned char)**at); (*at)++, digits++)
        if (digits < 9)
            *nanoseconds = *nanoseconds * 10 + (uint32_t)(**at - '0');
    for (int i = digits; i < 9; i++)
        *nanoseconds *= 10;
    return digits >= 1 && digits <= 9;
}

static const char *take_zone(const char *at, int64_t *offset)
{
    static const char *const wanted = "the zone is neither Z nor an offset such as +01:30";
    int hours, minutes, sign = *at == '-' ? -1 : 1;
    *offset = 0;
    if ((*at == 'Z' || *at == 'z') && at[1] == 0)
        return NULL;
    if (*at != '+' && *at != '-')
        return wanted;
    at++;
    if (!take_number(&at, 2, ":", &hours) || !take_number(&at, 2, NULL, &minutes) || *at || hours > 23 || minutes > 59)
        return wanted;
    *offset = sign * (hours * INT64_C(3600) + minutes * INT64_C(60));
    return NULL;
}

const char *rfc3339_read(const char *text, instant *out)
{
    int year, month, day, hour, minute, second;
    int64_t offset;
    uint32_t nanoseconds;
    const char *at = text;
    if (!take_number(&at, 4, "-", &year) || !take_number(&at, 2, "-", &month) || !take_number(&at, 2, "Tt ", &day))
        return "the date is not of the form 2027-01-31";
    if (month < 1 || month > 12)
        return "there is no such month";
    if (day < 1 || day > days_in(year, month))
        return "that month has no such day";
    if (!take_number(&at, 2, ":", &hour) || !take_number(&at, 2, ":", &minute) || !take_number(&at, 2, NULL, &second))
        return "the time is not of the form 23:59:59";
    if (hour > 23 || minute > 59 || second > 59)
        return "there is no such time of day";
    if (!take_fraction(&at, &nanoseconds))
        return "the fraction has no digits or more than nine";
    const char *wrong = take_zone(at, &offset);
    if (wrong)
        return wrong;
    *out = (instant){days_of(year, month, day) * 86400 + hour * INT64_C(3600) + minute * INT64_C(60) + second - offset, nanoseconds};
    return NULL;
}

void rfc3339_write(instant at, char *out, size_t room)
{
    int64_t days = at.seconds / 86400, rest = at.seconds % 86400;
    if (rest < 0)
        days--, rest += 86400;
    int64_t year = 1970 + days / 366;
    while (days_of(year + 1, 1, 1) <= days)
        year++;
    while (days_of(year, 1, 1) > days)
        year--;
    int month = 1, day = (int)(days - days_of(year, 1, 1)) + 1;
    for (; day > days_in(year, month); month++)
        day -= days_in(year, month);
    must(room >= RFC3339_ROOM && year >= 0 && year <= 9999);
    int n = snprintf(out, room, "%04d-%02d-%02dT%02d:%02d:%02d", (int)year, month, day, (int)(rest / 3600), (int)(rest / 60 % 60),
                     (int)(rest % 60));
    if (at.nanoseconds) {
        n += snprintf(out + n, room - (size_t)n, ".%09u", (unsigned)at.nanoseconds);
        while (out[n - 1] == '0')
            n--;
    }
    snprintf(out + n, room - (size_t)n, "Z");
}
