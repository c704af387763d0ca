"""Working days: the day of the act is day nought, the first working day after it is day one."""

from datetime import date, timedelta
from functools import cache

from chinese_calendar import is_workday


def _works(day: date) -> bool:
    """Whether people work on a day: public holidays and the Saturdays and Sundays that make up for them.

    Basis: 全国年节及纪念日放假办法 and the yearly notice of the State Council; a year whose notice the library does not
    hold yet counts by weekday alone.
    """
    try:
        return bool(is_workday(day))
    except NotImplementedError:
        return day.weekday() < 5


@cache
def after(day: str, working_days: int) -> str:
    """The ISO day on which so many working days after ``day`` have passed."""
    found, left = date.fromisoformat(day), working_days
    while left:
        found += timedelta(days=1)
        left -= _works(found)
    return found.isoformat()
