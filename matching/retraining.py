"""Learns anew from all recorded outcomes, and says whether what was learned may count."""

from collections.abc import Sequence
from datetime import date

from matching.evaluation import Evaluation, evaluate
from matching.learned import Learned
from matching.learning import CODES, Model, Outcome, learn, weight_of


def retrain(outcomes: Sequence[Outcome], *, on: date) -> tuple[Evaluation, Learned | None]:
    """Judge by later outcomes; where that beats the rules alone, learn from all of them.

    Returns what later outcomes said, and the model; None where it doesn't count.
    """
    found = evaluate(outcomes)
    known = [o for o in outcomes if o.stayed is not None]
    model = learn(known) if found.used else None
    if model is None:
        return found, None
    return found, coefficients(model, outcomes=len(known), on=on)


def coefficients(model: Model, *, outcomes: int, on: date) -> Learned:
    """Return a fitted model as plain numbers: those of its scaler are worked into its own."""
    scaler, fitted = model.pipeline[0], model.pipeline[-1]
    # A feature that never differs has a scale of 0, which the scaler takes for 1.
    slopes = fitted.coef_[0] / scaler.scale_
    intercept = float(fitted.intercept_[0] - (slopes * scaler.mean_).sum())
    numbers = slopes.tolist()
    return Learned(
        made_on=on,
        outcomes=outcomes,
        weight=weight_of(outcomes),
        intercept=intercept,
        criteria=dict(zip(CODES, numbers[: len(CODES)], strict=True)),
        kinds=dict(zip(model.kinds, numbers[len(CODES) :], strict=True)),
    )
