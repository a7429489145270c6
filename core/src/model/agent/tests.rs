//! Tests of the agent model.
