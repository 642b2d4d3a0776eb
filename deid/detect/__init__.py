"""The room of text detection: recognisers that find identifiers, and the detector that runs them all."""

from deid.detect.detector import LayeredDetector, TextOptions, build_detector

__all__ = ["LayeredDetector", "TextOptions", "build_detector"]
