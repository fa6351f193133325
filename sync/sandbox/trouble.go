package sandbox

// troubles are what is wrong with some organizations of a generated world, one after the other.
var troubles = []struct {
	about string
	make  func(*State, *Organization)
}{
	{"uses its credits up long before the reset", lowCredits},
	{"its last payment failed", failedPayment},
	{"invitations have expired", expiredInvitations},
	{"nobody but the Owner is an Admin", singleAdmin},
	{"members have no two-factor authentication", noSecondFactor},
}

// Every fifth organization, from the fourth on, is in trouble.
const (
	troubleEvery = 5
	firstTrouble = 3
)

// trouble gives organization i what its turn is, without a random draw: the rest of the world is
// the same with and without it.
func (g *generator) trouble(o *Organization, i int) {
	if i%troubleEvery == firstTrouble {
		troubles[i/troubleEvery%len(troubles)].make(g.state, o)
	}
}

// lowCredits: an eighth of the credits goes in a day.
func lowCredits(_ *State, o *Organization) {
	o.ActiveScenarios = 3
	o.HourlyMost = o.licenceNumber("operations", 1000)/100 + 1
}

func failedPayment(_ *State, o *Organization) {
	if o.Plan == "Free" {
		return
	}
	o.Billing = newBilling(o)
	o.Billing.Failing = true
	o.Billing.PaymentMethods[0].Declines = true
}

func expiredInvitations(_ *State, o *Organization) {
	for _, m := range o.Members[max(1, len(o.Members)-2):] {
		if m.Role.ID != ownerID {
			m.Invitation = &Invitation{word: "expired"}
		}
	}
}

func singleAdmin(_ *State, o *Organization) {
	for _, m := range o.Members {
		if m.Role.ID == adminID {
			m.Role.ID = memberID
		}
	}
}

func noSecondFactor(s *State, o *Organization) {
	for _, m := range o.Members {
		for _, u := range s.Users[1:] {
			if u.ID == m.UserID {
				u.TwoFactor = false
			}
		}
	}
}
