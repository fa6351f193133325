// Package sandbox simulates zones of Make (make.com): the part of the Make Web
// API v2 that is about organizations, as an http.Handler with persistent state.
// It serves tests, examples, people who try makesync without an account, and any
// other client of that API.
//
// It is a witness. It is written from what is published about the API and from
// recordings of others, shares no code with the client of this module, and is
// not to be bent to what that client happens to send. What goes in is a seed or
// state file ([Options]); what comes out is a handler for each zone
// ([World.Handler]) that answers below /api/v2:
//
//	w, err := sandbox.Open(sandbox.Options{State: "try.json"})
//	h, err := w.Handler("eu1")
//	http.ListenAndServe("127.0.0.1:8080", h) // Authorization: Token 00000000-0000-4000-8000-000000000001
//
// # Operations
//
// The labels say how far to trust the behaviour. recorded: replies of Make
// itself, recorded by others in 2026, were copied. published: Make's OpenAPI
// documents or help pages say so. mock: mocks and types in Make's own client say
// so. derived: concluded from such sources; Make may do otherwise. Where a source
// leaves a question open that a client can notice, a switch gives either answer
// ([SwitchTable]). Nothing here was tried on Make.
//
//	Operation (below /organizations/{id} from line 3)   Behaviour                                               Label
//	GET /organizations                    all zones; id, name, timezoneId, zone unless cols[]; license    recorded; columns published
//	                                      only for the zone called; pages to 10000, by name
//	POST /organizations                   four fields required; Free, My Team, creator is Owner           mock; Free published
//	GET                                   every column; counters are decimal strings; wait=true           recorded; wait published
//	PATCH                                 name, countryId, timezoneId; answers a subset                   published, mock
//	DELETE                                Owner only, in its own zone; active scenarios ask confirmed     published; 406 derived
//	GET apps                              no pages                                                        published
//	GET usage                             30 days of made-up numbers that add up to the counters          published, numbers derived
//	GET check-team-permission             400 for an unknown name                                         published
//	POST invite                           user id at once; no hash in the reply; teams as Team Member     published; refusals derived
//	GET /organizations/invitation         by hash                                                         published
//	POST /organizations/accept-invitation the token's own user; 7 days                                    published; refusals derived
//	GET user-organization-roles           rows without name and e-mail, no pages                          published
//	GET user-organization-roles/{userId}  404 for others                                                  published; 404 derived
//	POST user-organization-roles/transfer Owner only, to an accepted member; two rows                     published; Admin after it derived
//	GET variables                         a list, system variables first; 200 without the licence         published; names derived
//	POST variables                        404 without the licence; names, duplicates, types checked       published; IM005 derived
//	PATCH variables/{name}                type against value only if both are sent                        published
//	DELETE variables/{name}               406 IM004 unless confirmed                                      published
//	GET variables/{name}/history          newest first; the creation of seeded variables too              published; forms of entries from an example
//	GET feature-controls                  by id descending; ids differ by zone                            published; ids derived
//	PATCH feature-controls                one control; an object under featureControl                     published in an example; scope derived
//	PATCH tfa-enforcement                 400 feature off, 402 plan too low (SC402), 403                  published
//	GET payments                          renewals and charges, failed ones too; takes pg, answers none   published, numbers derived
//	GET subscription                      FREE on Free; nothing shows a pending cancel                    published in an example
//	POST subscription                     a checkout URL; a person completes it (CompleteCheckout)        published; the rest derived
//	PATCH subscription                    a charge and a new cycle at once; plan and licence change       published; effects told by support
//	DELETE subscription                   ends with the period, then Free unless the Owner has another    published; effects told by support
//	POST subscription-free                at once; confirmed from a paid plan                             published; 406 derived
//	GET universal-discount                null, active or dormant; rules by which it is lost              published
//	POST universal-discount/redeem        a dormant one, if no other is active                            published; refusals derived
//	GET subscription/payment-method-types card, US bank account and SEPA                                  published, values derived
//	GET subscription/payment-methods      with pg                                                         published, values derived
//	DELETE ../payment-methods/{id}        {ok: 1}                                                         published
//	PATCH ../payment-methods/{id}/default extras and both want an immediate method                        published
//	POST universal-discount/claim-cancellation-offer  once, not beside a coupon or discount               published, discount derived
//
//	GET  /cashier/products, /cashier/prices/{id}   plans by operations and period; extras                 published, prices made up
//	POST /users/{id}/user-organization-roles/{organizationId}
//	                                      sets the role; an empty body removes (null as role); never the Owner's  published
//	GET  /users/{id}/user-organization-roles[/{organizationId}], POST ../transfer                         published
//	GET  /users/me, ../current-authorization, ../api-tokens                                               published, mock
//	GET  /users/me/organization-invitations   the user's own, with hashes, expired ones too               published
//	GET  /users                           of one organization or team; filters; default limit a switch    published
//	GET  /users/by-permission             who holds a permission, open invitations too                    published, permissions derived
//	GET  /users/roles[/{id}]              id and name unless cols[]; custom roles with organizationId      published, mock
//	GET  /users/roles/permissions, POST /users/custom-roles, PATCH, DELETE ../{id}; licence customRoles   mock
//	GET  /users/{id}/user-team-roles, /teams/{id}/user-team-roles                                         published
//	GET, POST /teams, GET, PATCH, DELETE /teams/{id}                                                      recorded; DELETE mock
//	GET  /enums/...                       ids are made up but for a few; see Enums                        mock
//	GET  /ping                            no token                                                        published, body derived
//	GET  /openapi.json                    this zone's own operations; no token                            told by third parties, content derived
//
// # Across all operations
//
// The header is Authorization: Token UUID; an unknown token is 401 IM015, a
// scope that it lacks 403. Errors are {detail?, message, code, suberrors?}, with
// status and metadata where a confirmation is missing, but 429 is plain text unless
// switched. Every reply has a Date, of the real clock. An organization is limited to
// license.apiLimit calls in a window of 60 seconds that begins with its first
// call. Calls about an organization of another zone are refused with 403, and on
// the Free plan those beyond lists and details are too ("Forbidden to use token
// authorization for this organization."). A body above 2 MB is a 400, and so is one
// that is no JSON object in UTF-8; none counts as {}. Keys count letter for letter,
// unknown ones are ignored. HEAD is answered as GET, other methods with 404, and the
// column userRoleId of the published example as usersRoleId (derived). Who is no
// accepted member of an organization gets the same answer as for one that does not
// exist. What is shown on a plan is no sign that it can be written there: tfaEnforced
// is on all of them.
//
// Money moves in the state alone. Charges come from PATCH subscription, from a
// checkout that is paid, and from time; what calls have caused is counted
// ([World.Audit]). A renewal on a card that fails begins a grace of seven days, after
// which the subscription ends.
//
// Served over HTTP, a zone belongs behind [Local], which refuses foreign Host and
// Origin headers.
//
// # Seed and state
//
// A state file holds all zones of one world in JSON; a seed is one that was
// written by hand. Nearly everything can be left out: ids are assigned in the
// order of the file (organizations from 11), the first user gets the default
// token, members are named by e-mail and need not be listed among the users, a
// variable's type follows from its value, an organization is on Pro in
// Europe/Prague with the first user as Owner. An unknown key is an error.
//
//	{
//	  "version": 1,
//	  "users": [{"name": "Olga", "email": "ops@acme.example", "twoFactor": true}],
//	  "zones": [{"name": "eu1", "organizations": [{
//	    "name": "Acme", "plan": "Enterprise", "country": "CZ", "timezone": "Europe/Prague",
//	    "teams": ["My Team", "Ops"],
//	    "members": [
//	      {"email": "ops@acme.example", "role": "Owner"},
//	      {"email": "jane@acme.example", "name": "Jane Doe", "role": "Admin", "invitation": "pending"}
//	    ],
//	    "variables": [
//	      {"name": "API_BASE", "value": "https://api.acme.example"},
//	      {"name": "LAUNCH", "type": "date", "value": "2026-11-20T00:00:00.000Z"}
//	    ],
//	    "featureControls": {"Make AI Tools": true}
//	  }]}],
//	  "switches": {"number-value": "string"},
//	  "faults": ["op=write,nth=3,kind=drop-after"]
//	}
//
// [State] has every key. The file is made from the seed when it is missing, and
// written by committed writes only, atomically: before the answer while it is
// smaller than 1 MiB, within a second and on [World.Close] otherwise. A lock
// beside it (STATE.lock) keeps other processes out and goes with the process.
// Rate windows, replication lag, the log of writes and the counts of calls are
// kept in memory only.
package sandbox
