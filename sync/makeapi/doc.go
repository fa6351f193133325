// Package makeapi is the only HTTP client of makesync: it speaks the Make Web API v2 of one zone.
// In go calls of the core (it implements sync.Reader and sync.Writer) and out come live state,
// answers, and *sync.CallError values that say why a call failed and whether a write happened.
//
//	client, err := makeapi.New(makeapi.Options{Name: "eu1", URL: url, Token: token})
//	rows, err := client.Organizations(ctx)
//	err = client.Read(ctx, rows[0], spec.KindVariable)
//
// Every method makes a call, which is data, and hands it to the caller. That waits for the rate
// window of the organization, and the connection makes one attempt after another:
//
//	Client.Read, Client.Write ─▶ call (data)
//	                               │
//	caller       pace (window) ─▶ attempt (in flight) ─▶ decode
//	                 ▲                 │ connection
//	                 └──── next (retryPolicy) ◀┘
//
// Reads are repeated; a write is sent once, and again only when the zone or the network has proved
// that nothing happened. Each organization has a rate window of its own, so that waiting for one
// never delays another: while a call only waits, it yields the slot that WithSlot was given.
//
// The token goes to the one host it was given for: redirects are errors and the `zone` field of a
// reply is never followed.
package makeapi
