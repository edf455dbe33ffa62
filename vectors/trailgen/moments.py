"""Points in time: whole seconds since 1970, UTC."""
import calendar
import time

MINUTE = 60
HOUR = 3600
DAY = 86400


def at(text):
    """"2026-07-01T00:13:52Z" -> seconds."""
    return calendar.timegm(time.strptime(text, "%Y-%m-%dT%H:%M:%SZ"))


def _format(pattern, moment):
    return time.strftime(pattern, time.gmtime(moment))


def iso(moment):
    return _format("%Y-%m-%dT%H:%M:%SZ", moment)


def stamp(moment):
    """The end stamp of a digest name."""
    return _format("%Y%m%dT%H%M%SZ", moment)


def log_stamp(moment):
    """The stamp of a log name: the next multiple of five minutes, which lies within five minutes of the delivery."""
    return _format("%Y%m%dT%H%MZ", -(-moment // 300) * 300)


def day(moment):
    return _format("%Y/%m/%d", moment)
