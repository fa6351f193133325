// Package pager shows a long text with the program that the user has chosen for that. The text goes
// there through a pipe, and neither arguments nor environment hold anything of the run.
package pager
