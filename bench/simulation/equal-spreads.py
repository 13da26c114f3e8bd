"""How often can a valid interval of |δ₁| − |δ₂| miss 0 where δ₁ = δ₂ = 0?

In u = (d₁ − d₂) / σ and v = (d₁ + d₂) / σ, which are independent, “no change” is u = 0 or v = 0. Over all rules that
depend on |u| and |v|, a linear programme finds the one that rejects most often at u = v = 0, given that it rejects at most so often
anywhere on the axes, and only where u² + v² rejects “no difference at all” at 5 %. Needs numpy and scipy:

    python bench/simulation/equal-spreads.py
"""

import numpy as np
from scipy.optimize import linprog
from scipy.stats import chi2, norm

STEP = 0.1
grid = np.arange(STEP / 2, 7, STEP)
u, v = np.meshgrid(grid, grid, indexing="ij")
half = u <= v


def rejected(at):
    """Probability of each cell of {|u|, |v|}, whichever is the smaller, where u has mean 0 and v has mean `at`."""
    centred = 2 * norm.pdf(grid) * STEP
    shifted = (norm.pdf(grid - at) + norm.pdf(grid + at)) * STEP
    both = np.outer(centred, shifted)
    return (both + both.T - np.diag(np.diag(both)))[half]


axis = np.array([rejected(at) for at in np.arange(0, 5.6, 0.1)])
joint = (u**2 + v**2 > chi2.ppf(0.95, 2))[half]
for most in (0.05, 0.06):
    for name, allowed in (("any rule", np.ones(half.sum(), bool)), ("the joint hypothesis rejected", joint)):
        found = linprog(
            -rejected(0), A_ub=axis, b_ub=np.full(len(axis), most), bounds=[(0, float(one)) for one in allowed], method="highs"
        )
        print(f"at most {most:.0%} on the axes, {name}: at most {-found.fun:.1%} where both are 0")
