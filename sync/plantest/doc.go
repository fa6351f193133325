// Package plantest makes plans for tests, of documents against a zonetest.Zone, and draws zones and
// documents for properties:
//
//	zone := plantest.DrawZone(t)
//	p := plantest.Make(t, plantest.DrawDocuments(t, zone))
//	plantest.WantLines(t, p, "1 update acme/variable/A none value:a→b")
package plantest
