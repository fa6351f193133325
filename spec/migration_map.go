package spec

// MigrationMap is what a person decides about a migration: renames, other
// e-mails, which region. Its file is YAML, read as strictly as documents are:
//
//	region: US                          # where new organizations are made
//	organizations:                      # by name, derived key or id in the source
//	  Acme Automation: Acme US          # short form: the name in the target
//	  beta: {key: beta-us, country: US, timezone: America/New_York}
//	  gamma: {id: 77}                   # an organization that is there already takes it over
//	  12: {skip: true}
//	emails:
//	  jane@old.example: jane@new.example
//	  "*@old.example": "*@new.example"  # everybody of a domain who is not named
//	  gone@old.example: null            # is not carried over
//	roles: {Ops Lead: Member}           # source role: target role
//	featureControls: {Old name: New name}
//
// The zero map changes nothing.
type MigrationMap struct {
	Region          string
	Organizations   []MappedOrganization // in the order of the file
	Emails          []MappedText         // lower case; To "" means not carried over
	Roles           []MappedText
	FeatureControls []MappedText
}

// MappedOrganization says what becomes of one organization.
type MappedOrganization struct {
	From                      string // name, key or id in the source
	Name, Key                 string
	ID                        int64 // of an organization in the target that takes it over; 0: a new one
	Region, Country, Timezone string
	Skip                      bool
	Source                    Source
}

// MappedText is one replacement.
type MappedText struct {
	From, To string
	Source   Source
}
