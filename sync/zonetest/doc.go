// Package zonetest is a fake zone for tests: organizations in memory that can be read through
// state.Reader, that fail on demand, count their calls, and on which a plan can be applied. Beside
// it stand small builders of documents.
//
//	zone := zonetest.New(zonetest.Acme())
//	want := zonetest.Desired("acme", "Acme", zonetest.Variables(zonetest.TextVariable("A", "a")))
package zonetest
