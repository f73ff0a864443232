"""What all tests share: Hypothesis profiles, and fixtures from the helper modules beside this file."""

import os

from hypothesis import HealthCheck, settings

# Examples are slow on busy machines, never wrong: no deadline. CI prints how to repeat a failure.
settings.register_profile(
    "dateline", deadline=None, print_blob=True, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
settings.load_profile("dateline")

# A developer's own settings must not reach the tests.
for name in [name for name in os.environ if name.startswith("DATELINE_") and not name.startswith("DATELINE_TEST_")]:
    del os.environ[name]
