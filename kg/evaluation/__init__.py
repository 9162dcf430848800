"""How good claims are: compared with gold annotations, with intervals, calibration, and the documents where most is wrong."""

from kg.evaluation.calibration import Bin, Calibration
from kg.evaluation.evaluation import Accuracy, DocumentScore, Estimate, Evaluation, Score, evaluate

__all__ = ["Accuracy", "Bin", "Calibration", "DocumentScore", "Estimate", "Evaluation", "Score", "evaluate"]
