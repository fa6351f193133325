// Package adopt writes into documents what is there in Make. In go the texts of the documents and
// what a plan or an export read; the texts change where the values stand, byte for byte.
//
//	texts := adopt.NewTexts(map[string][]byte{"acme.yaml": data})
//	adopt.Live{Plan: plan, Desired: desired, State: read, Since: true}.Into(texts)
//	changed, err := texts.Changed(desired.Files)
//
// Live takes the live side of what is declared: drift, or what somebody named. Undeclared adds what
// no document speaks of. What cannot be written, or must not be (a secret, what a guard holds), is
// in Left with its reason.
package adopt
