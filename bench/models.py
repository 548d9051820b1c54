"""Fitting and predicting with the purchase models, beside `lifetimes` (archived, but the peer all know).

    python -m bench.models [--customers 1000000] [--peer-customers 1000000] [--peer-pareto 2000]

Customers are simulated from the model. `seconds` counts compressing the customers' histories, the fit and its
standard errors; the peer's fit has none of the first. Its Pareto/NBD would take a quarter of an hour at a
million: it is timed on fewer customers and told for each, which flatters it, for its fixed costs are small.
Needs `make setup-check` for the peer, and tells only ours without it.
"""

from __future__ import annotations

import argparse
import json
import time
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np

from guanxi.economics import forecasts as models
from guanxi.economics.forecasts import gammagamma

TRUTH = {
    "bgnbd": (0.243, 31.0, 0.793, 2.426),
    "mbgnbd": (0.525, 43.0, 0.891, 1.614),
    "paretonbd": (0.553, 74.0, 0.606, 82.0),
}
PEERS = {"bgnbd": "BetaGeoFitter", "mbgnbd": "ModifiedBetaGeoFitter", "paretonbd": "ParetoNBDFitter"}
ROUNDS = 5


def best(work: Callable[[], Any], rounds: int = ROUNDS) -> tuple[float, Any]:
    """The least seconds of so many rounds, and the last answer."""
    taken, answer = [], None
    for _ in range(rounds):
        start = time.perf_counter()
        answer = work()
        taken.append(time.perf_counter() - start)
    return min(taken), answer


def fitted(name: str, customers: int, peer_customers: int) -> dict[str, Any]:
    rng, model = np.random.default_rng(7), models.MODELS[name]
    known = model.simulate(TRUTH[name], rng.integers(30, 1_100, customers), rng)
    seconds, fit = best(lambda: model.fit(models.compress(*known, with_rows=False)))
    report = {"customers": customers, "seconds": round(seconds, 4), "converged": fit.converged}
    report["parameters"] = {key: round(value, 4) for key, value in fit.params.items()}
    history = models.compress(*known)
    told, _ = best(
        lambda: (
            model.alive(fit, history.known)[history.row_of],
            model.expected(fit, history.known, 90)[history.row_of],
        )
    )
    report["predict_seconds"] = round(told, 4)
    few = [column[:peer_customers] for column in known]
    theirs = peer(PEERS[name], few[0], few[1] / 7, few[2] / 7)
    return report | compared(seconds / customers, theirs, peer_customers)


def valued(customers: int) -> dict[str, Any]:
    rng = np.random.default_rng(8)
    orders = rng.geometric(0.4, customers)
    value = gammagamma.simulate((6.25, 3.74, 15.44), orders, rng)
    seconds, fit = best(lambda: gammagamma.fit(orders, value))
    report = {"customers": customers, "seconds": round(seconds, 4), "converged": fit.converged}
    return report | compared(seconds / customers, peer("GammaGammaFitter", orders, value), customers)


def peer(name: str, *columns: Any) -> float | None:
    """Seconds of the peer's fit; None where it is not installed or does not arrive."""
    try:
        import lifetimes
    except ImportError:
        return None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return best(lambda: getattr(lifetimes, name)().fit(*columns), rounds=1)[0]
        except Exception:  # its own ConvergenceError, and what numpy makes of it
            return None


def compared(ours: float, theirs: float | None, peer_customers: int) -> dict[str, Any]:
    if theirs is None:
        return {"peer_seconds": None}
    each = theirs / peer_customers
    return {
        "peer_customers": peer_customers,
        "peer_seconds": round(theirs, 3),
        "times_peer": round(each / ours),
    }


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--customers", type=int, default=1_000_000)
    options.add_argument("--peer-customers", type=int, default=1_000_000)
    options.add_argument("--peer-pareto", type=int, default=2_000)
    chosen = options.parse_args()
    report = {
        name: fitted(
            name, chosen.customers, chosen.peer_pareto if name == "paretonbd" else chosen.peer_customers
        )
        for name in models.MODELS
    }
    report["gammagamma"] = valued(chosen.customers * 48 // 100)
    print(json.dumps(report))


if __name__ == "__main__":
    main()
