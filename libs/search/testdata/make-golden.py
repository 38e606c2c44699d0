"""Writes golden.json: densities, splits and halving decisions of Optuna (pip install optuna==5.0.0).

    python libs/search/testdata/make-golden.py
"""

import json
import math
import pathlib

import numpy as np
import optuna
from optuna.distributions import CategoricalDistribution, FloatDistribution, IntDistribution
from optuna.samplers._tpe.parzen_estimator import _ParzenEstimator, _ParzenEstimatorParameters
from optuna.samplers._tpe.sampler import _split_trials, default_gamma, default_weights
from optuna.trial import TrialState, create_trial

optuna.logging.set_verbosity(optuna.logging.ERROR)
PARAMETERS = _ParzenEstimatorParameters(1.0, True, False, default_weights, True)

SPACES = {
    "linear": {"min": -2.5, "max": 7, "scale": "linear", "integer": False},
    "log": {"min": 1e-5, "max": 0.5, "scale": "log", "integer": False},
    "wide": {"min": -1e6, "max": 1e6, "scale": "linear", "integer": False},
    "integer": {"min": 2, "max": 40, "scale": "linear", "integer": True},
    "logInteger": {"min": 1, "max": 4096, "scale": "log", "integer": True},
    "choice": {"choices": ["a", "b", "c", "d"]},
    "flag": {"choices": [False, True]},
}


def distribution(space):
    if "choices" in space:
        return CategoricalDistribution(space["choices"])
    kind = IntDistribution if space["integer"] else FloatDistribution
    return kind(space["min"], space["max"], log=space["scale"] == "log")


def coordinates(space, rng, count, distinct):
    """Random coordinates; `near` puts some at a bound and close together."""
    if "choices" in space:
        return rng.randint(len(space["choices"]), size=count).astype(float)
    low, high = space["min"], space["max"]
    if space["integer"]:
        every = np.arange(low, high + 1)
        weights = 1 / every if space["scale"] == "log" else np.ones(len(every))
        return rng.choice(every, size=count, replace=not distinct, p=weights / weights.sum()).astype(float)
    u = rng.beta(0.4, 0.6, size=count)
    if count > 3:
        u[0], u[1], u[2] = 0.0, 1.0, u[3] + 1e-7
    if space["scale"] == "log":
        return np.clip(np.exp(np.log(low) + u * (np.log(high) - np.log(low))), low, high)
    return np.clip(low + u * (high - low), low, high)


def density(names, count, rng, points=12):
    spaces = {name: SPACES[name] for name in names}
    # With more than 25 observations weights differ, and the widths of equal ones depend on the sorting algorithm.
    observed = {name: coordinates(space, rng, count, count > 24) for name, space in spaces.items()}
    estimator = _ParzenEstimator(observed, {n: distribution(s) for n, s in spaces.items()}, PARAMETERS)
    at = {name: coordinates(space, rng, points, False) for name, space in spaces.items()}
    rows = lambda columns: np.array([columns[name] for name in names]).T.tolist() if columns else []
    return {
        "spaces": [spaces[name] for name in names],
        "observations": rows(observed),
        "points": rows(at),
        "logDensities": estimator.log_pdf(at).tolist(),
    }


def densities():
    rng = np.random.RandomState(7)
    cases = [density([name], count, rng) for name in SPACES for count in (0, 1, 2, 5, 13, 24)]
    cases += [density([name], count, rng) for name in ("linear", "log", "wide", "choice") for count in (25, 26, 27, 60, 150)]
    cases += [density(["logInteger"], count, rng) for count in (26, 60)]
    cases += [density(["linear", "logInteger", "choice"], count, rng) for count in (0, 1, 4, 20)]
    cases += [density(["log", "linear", "flag"], count, rng) for count in (30, 80)]
    return cases


def splits():
    """Trials in the order of asking: share of a full training (1: complete, below: pruned there, null: running)."""
    rng = np.random.RandomState(11)
    cases = []
    for count, complete, running in [(1, 1, 0), (9, 0.3, 0.2), (10, 1, 0), (11, 1, 0), (30, 0.2, 0.1), (30, 0.05, 0), (300, 0.5, 0)]:
        study = optuna.create_study(direction="maximize")
        trials, results = [], []
        for number in range(count):
            score, u = rng.rand(), rng.rand()
            if number > 0 and u < running:
                state, result = TrialState.RUNNING, None
            elif rng.rand() < complete:
                state, result = TrialState.COMPLETE, {"share": 1, "score": score}
            else:
                step = int(rng.choice([1, 3]))
                state, result = TrialState.PRUNED, {"share": step / 9, "score": score}
            steps = {} if result is None or state == TrialState.COMPLETE else {round(result["share"] * 9): score}
            value = score if state == TrialState.COMPLETE else None
            if state == TrialState.RUNNING:
                trial = optuna.trial.FrozenTrial(
                    number, state, None, None, None, {}, {}, {}, {}, {}, number
                )
            else:
                trial = create_trial(state=state, value=value, intermediate_values=steps)
            trial.number = number
            trials.append(trial)
            results.append(result)
        finished = sum(result is not None for result in results)
        below, above = _split_trials(study, trials, default_gamma(finished))
        cases.append({"results": results, "good": [t.number for t in below], "bad": [t.number for t in above]})
    return cases


def halvings():
    """Each trial reports at 1, factor, factor² … until it is pruned; what rung it reached, and its scores."""
    rng = np.random.RandomState(3)
    cases = []
    for factor in (2, 3, 4):
        study = optuna.create_study(
            direction="maximize",
            sampler=optuna.samplers.RandomSampler(seed=1),
            pruner=optuna.pruners.SuccessiveHalvingPruner(min_resource=1, reduction_factor=factor),
        )
        trials = []
        for _ in range(60):
            trial = study.ask()
            scores, pruned, rung = [], False, 0
            while not pruned and rung < 3:
                scores.append(float(rng.rand()))
                trial.report(scores[-1], factor**rung)
                pruned = trial.should_prune()
                rung += 1
            trials.append({"scores": scores, "pruned": pruned})
            study.tell(trial, state=TrialState.PRUNED)
        cases.append({"factor": factor, "trials": trials})
    return cases


if __name__ == "__main__":
    golden = {"optuna": optuna.__version__, "densities": densities(), "splits": splits(), "halvings": halvings()}
    target = pathlib.Path(__file__).with_name("golden.json")
    target.write_text(json.dumps(golden) + "\n")
    assert all(math.isfinite(value) for case in golden["densities"] for value in case["logDensities"])
    print(target.stat().st_size, "bytes")
