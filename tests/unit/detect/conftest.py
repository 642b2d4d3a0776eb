import pytest

from deid.detect import LayeredDetector, build_detector


@pytest.fixture(scope="session")
def detector() -> LayeredDetector:
    """The whole detector; the language model is loaded once for all tests."""
    built = build_detector()
    built.find_all(["John Smith came."], [()])
    return built


@pytest.fixture(scope="session")
def rules() -> LayeredDetector:
    """The detector without the language model."""
    return build_detector({"ner": False})
