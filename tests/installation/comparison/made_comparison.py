"""A comparison with one of everything, made of numbers."""

from installation.comparison.tables import SAME, SEQUENCES
from models.comparison.emotion_sets import EMOTION_SETS, SetScores
from models.comparison.result import Comparison, Figures, FilterResult, Kind, MeasuredOn, RowResult, TransferResult
from models.labels import LABELS

HOME = SetScores(90, 0.8, 0.7, 0.72, 0.4)
ABROAD = SetScores(40, 0.5, 0.45, 0.44, 0.3)


def made_comparison(name: str = "theirs") -> Comparison:
    """One method on clean faces, under a lamp of each kind, and on another set called ``name``."""
    clean = Figures(100, 0.75, 0.7, 0.03, dict.fromkeys(LABELS, 0.6), HOME, dict.fromkeys([*EMOTION_SETS, name], HOME))
    lamp = Figures(100, 0.6, 0.5, 0.08, {}, None)
    there = Figures(40, 0.45, 0.4, 0.1, {}, ABROAD)
    figures = {"clean": clean, "high65_25": lamp, "rendered lamp at 65 degrees, face mean 25": lamp, name: there}
    kinds: tuple[Kind, ...] = ("clean", "real lamps", "rendered lamps", "other set")
    row = RowResult("hog-svm", "HOG + linear SVM", "Features", 900, 0, 3.4, 70592, 0.12, figures)
    sets = [
        MeasuredOn(key, kind, one.n, "x", {"anger": 40}, (f"{name}: torn",))
        for (key, one), kind in zip(figures.items(), kinds, strict=True)
    ]
    transfer = TransferResult(name, 20, 100, 0.5, 0.6, 0.2)
    sequences = FilterResult("gru", 0.25, {**dict.fromkeys(SEQUENCES, 20.0), SAME: 80.0}, 0.08, 81_000)
    told = ("a row: was left out",)
    return Comparison("net 1.0", "faces", 900, 100, "all", tuple(sets), (row,), (transfer,), told, (sequences,))
