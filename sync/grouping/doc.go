// Package grouping tells equal parts of a plan once. In goes a plan; out comes what several
// organizations have in common, and the rest of each:
//
//	client-01  RETRIES 5 → 7   leo@ held    jane@ waits
//	client-02  RETRIES 5 → 7   leo@ held    eve@ waits     ─▶  RETRIES 5 → 7  in 3 organizations
//	client-03  RETRIES 5 → 7   leo@ held    eve@ waits         leo@ held, one --allow for all
//	                                                           3 members wait, since … has not accepted
//
// Changes are equal in all their fields (plan.Groups). What one guard holds is one group with one
// rule that suffices; what waits is one group where the reasons differ in a person's name or in a
// number alone. Nothing is lost: groups and rest together are the plan.
package grouping
