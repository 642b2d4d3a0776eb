"""An invented oncology trial to try the command on: `python -m deid.demo.trial FOLDER` writes it."""

from pathlib import Path

#: The policy for the invented trial.
POLICY = Path(__file__).with_name("policy.yaml")
