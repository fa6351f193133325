// Package metrics writes down what a run was like, for Prometheus: in go the plan, the report or
// the status and what was counted, out comes the text of a file.
//
// The file is for the text-file collector of the node_exporter: a run that is over cannot be
// scraped, so it leaves its numbers behind. Each run replaces the file in one move; two things are
// carried over from the text that was there, the counts of runs and the time of the last success.
//
//	makesync_runs_total{exit="ok"} 3
//	makesync_changes{kind="variable",op="update"} 12
//	makesync_organization_credits{zone="eu1",organization="acme",state="left"} 4000
package metrics
