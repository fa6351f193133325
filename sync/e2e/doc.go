// Package e2e runs the built makesync as its users do: by scripts, one for each topic, against
// simulated zones, and by tests that kill it, interrupt it, divide it into shards and run what the
// README states. It holds tests only.
package e2e
