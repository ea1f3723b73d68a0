"""Which seller gets which line: the choice that is best by the buyer's aim, proven so, and what other choices cost.

Pure: no models, no settings, no currencies. Amounts are integers in minor units, unit prices in 1/10,000, quantities in
thousandths. `solve` works in this process and loads the solver's library; `solve_apart` does it in another one, so that a
site that asks now and then holds none of it and a runaway is ended.

    answer = solve_apart(Problem(lines=..., sellers=..., quotes=..., rules=Rules(aim=Aim.CHEAPEST)))
"""

from core.assignment.costs import Bill, bill_of, objective_of
from core.assignment.problem import Aim, Choice, Line, Problem, Quote, Rules, Seller
from core.assignment.results import Answer, LineChange, OneSeller, OtherWay, Proof, SellerChange, Way

__all__ = [
    "Aim",
    "Answer",
    "Bill",
    "Choice",
    "Line",
    "LineChange",
    "OneSeller",
    "OtherWay",
    "Problem",
    "Proof",
    "Quote",
    "Rules",
    "Seller",
    "SellerChange",
    "Way",
    "bill_of",
    "objective_of",
]
