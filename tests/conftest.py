"""What all tests share: Hypothesis profiles, and fixtures from the helper modules beside this file."""

import os
import random

import cluster
import pytest
from hypothesis import HealthCheck, settings

# Examples are slow on busy machines, never wrong: no deadline. CI prints how to repeat a failure.
settings.register_profile(
    "dateline", deadline=None, print_blob=True, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
settings.load_profile("dateline")

# The cluster to test with is no setting of Dateline's.
if "DATELINE_OPENSEARCH_URL" in os.environ:
    os.environ[cluster.URL_VARIABLE] = os.environ.pop("DATELINE_OPENSEARCH_URL")

# A developer's own settings must not reach the tests.
for name in [name for name in os.environ if name.startswith("DATELINE_") and not name.startswith("DATELINE_TEST_")]:
    del os.environ[name]


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Draw the seed of this run's examples, so that it can be told before anything fails."""
    if config.option.hypothesis_seed is None:
        config.option.hypothesis_seed = str(random.randrange(2**32))


def pytest_report_header(config: pytest.Config) -> str:
    """Say how the very same examples are drawn again."""
    return f"examples are drawn with --hypothesis-seed={config.option.hypothesis_seed}"
