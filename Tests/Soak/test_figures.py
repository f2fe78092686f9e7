"""The soak's checks can fail."""

import pytest
from figures import MIB, faults, picture, slope

BASE = {"seconds": 0, "rss": 30 * MIB, "descriptors": 19, "threads": 4, "cpu": 0}


def series(minutes, growth_per_hour=0.0, warm_up=0.0):
    """A sample each five seconds; `warm_up` MiB come in the first five minutes."""
    return [
        {**BASE, "seconds": second, "rss": (40 + growth_per_hour * second / 3600 + warm_up * min(1, second / 300)) * MIB, "descriptors": 500}
        for second in range(5, int(minutes * 60) + 1, 5)
    ]


def test_a_slope_is_found():
    assert slope([(x, 3 * x + 7) for x in range(50)]) == pytest.approx(3)
    assert slope([(1, 1)]) == 0


@pytest.mark.parametrize(("minutes", "growth"), [(60, 0), (60, 0.9), (60, -5), (2, 0), (2, 60)])
def test_a_sound_run_has_no_faults(minutes, growth):
    samples = series(minutes, growth, warm_up=20 if minutes == 60 else 0)
    assert faults(BASE, samples, {**BASE, "descriptors": 21}, {"fanfare_channels": 0.0}) == []


@pytest.mark.parametrize(
    ("minutes", "growth", "end", "gauges", "words"),
    [
        (60, 1.5, {}, {}, "memory grows by 1.50 MiB an hour"),
        (2, 3_000, {}, {}, "memory has grown"),
        (2, 0, {"descriptors": 22}, {}, "22 descriptors"),
        (2, 0, {"threads": 5}, {}, "5 threads"),
        (2, 0, {}, {"fanfare_channels": 1.0}, "fanfare_channels is 1.0"),
    ],
)
def test_what_is_left_over_is_found(minutes, growth, end, gauges, words):
    (fault,) = faults(BASE, series(minutes, growth), {**BASE, **end}, gauges)
    assert words in fault


def test_the_picture_shows_every_sample():
    assert picture(series(2)).count(",") > 2 * len(series(2))
