"""The autonomous learner: it collects, validates, trains, thinks and pauses by itself."""
