package exit

// Code is a process exit code with its name.
type Code struct {
	Code int    `json:"code"`
	Name string `json:"name"`
}

// The exits, as the README lists them.
var (
	OK            = Code{0, "ok"}
	Internal      = Code{1, "internal"}
	Changes       = Code{2, "changes"}
	Invalid       = Code{3, "invalid"}
	Partial       = Code{4, "partial"}
	Held          = Code{5, "held"}
	PartlyVisible = Code{6, "partly-visible"}
	Refused       = Code{7, "refused"}
	Unreachable   = Code{8, "unreachable"}
	Stale         = Code{9, "stale"}
	Usage         = Code{64, "usage"}
	HungUp        = Code{129, "interrupted"}
	Interrupted   = Code{130, "interrupted"}
	Quit          = Code{131, "interrupted"}
	Terminated    = Code{143, "interrupted"}
)

// precedence is the order in which the first match wins.
var precedence = []Code{
	Usage, Invalid, Interrupted, HungUp, Quit, Terminated, Internal, Stale, Partial,
	Refused, Unreachable, PartlyVisible, Held, Changes,
}

// Codes are all codes.
func Codes() []Code { return append([]Code{OK}, precedence...) }

// Stopped tells whether it is the exit of a run that a signal stopped.
func (c Code) Stopped() bool { return c.Name == Interrupted.Name }

// Worst is the exit that wins among those that apply; OK when none does.
func Worst(exits ...Code) Code {
	for _, candidate := range precedence {
		for _, e := range exits {
			if e == candidate {
				return candidate
			}
		}
	}
	return OK
}

// Of gives the exit with a number; one that is none of ours is Internal.
func Of(number int) Code {
	for _, c := range Codes() {
		if c.Code == number {
			return c
		}
	}
	return Internal
}
