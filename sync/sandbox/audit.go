package sandbox

import (
	"maps"
	"slices"
)

// Audit is what the world has charged and begun to charge because somebody called for it.
type Audit struct {
	Charges   int `json:"charges"`       // paid, by a change of plan or a checkout
	Failed    int `json:"failedCharges"` // tried by these, and failed
	Checkouts int `json:"checkouts"`     // begun
	// Organizations that have any of these, by id.
	Organizations []AuditRow `json:"organizations"`
}

// AuditRow is the part of one organization.
type AuditRow struct {
	ID        int        `json:"id"`
	Plan      string     `json:"plan"`
	Canceled  bool       `json:"canceled"`
	Charges   []Charge   `json:"charges"`
	Checkouts []Checkout `json:"checkouts"`
}

// ledger is what the world knows of money: what was charged and begun to charge, and what falls
// due as time goes on.
type ledger struct {
	store    *store
	switches *switchboard
}

// Audit counts since the state began; renewals, which time causes, are left out.
func (l *ledger) Audit() Audit {
	l.store.mu.RLock()
	defer l.store.mu.RUnlock()
	a := Audit{Organizations: []AuditRow{}}
	for _, id := range slices.Sorted(maps.Keys(l.store.index.orgs)) {
		if row := l.auditRow(l.store.index.orgs[id].org); len(row.Charges)+len(row.Checkouts) > 0 {
			a.add(row)
		}
	}
	return a
}

func (l *ledger) auditRow(o *Organization) AuditRow {
	row := AuditRow{ID: o.ID, Plan: o.Plan, Canceled: o.Billing.Canceled, Charges: []Charge{}, Checkouts: []Checkout{}}
	for _, c := range o.Billing.Charges {
		if c.By != "renewal" {
			row.Charges = append(row.Charges, c)
		}
	}
	for _, k := range o.Billing.Checkouts {
		shown := *k
		shown.Status = k.status(l.store.Now())
		row.Checkouts = append(row.Checkouts, shown)
	}
	return row
}

func (a *Audit) add(row AuditRow) {
	a.Organizations = append(a.Organizations, row)
	a.Checkouts += len(row.Checkouts)
	for _, c := range row.Charges {
		if c.Status == "paid" {
			a.Charges++
		} else {
			a.Failed++
		}
	}
}
