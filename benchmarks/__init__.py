"""The suite: what each part costs beside a baseline measured in the same run."""
