package sandbox

import (
	"fmt"
	"slices"
	"strings"
)

// Switch is a question about Make that no source answers. The zone gives either
// answer; the first value is the likely one and the default.
type Switch struct {
	Name   string
	Values []string // the first is the default
	About  string   // what it decides, one line
}

// Default is the value of a switch that was not set.
func (s Switch) Default() string { return s.Values[0] }

// SwitchTable returns every switch, in the order of the documentation.
func SwitchTable() []Switch { return slices.Clone(switches) }

// ParseSwitch reads "name=value". The error names the possible values.
func ParseSwitch(s string) (name, value string, err error) {
	name, value, ok := strings.Cut(s, "=")
	if !ok {
		return "", "", fmt.Errorf("switch %q: write it as name=value", s)
	}
	return name, value, checkSwitch(name, value)
}

func checkSwitch(name, value string) error {
	i := slices.IndexFunc(switches, func(s Switch) bool { return s.Name == name })
	if i < 0 {
		names := make([]string, len(switches))
		for i, s := range switches {
			names[i] = s.Name
		}
		return fmt.Errorf("no switch %q; there are %s", name, strings.Join(names, ", "))
	}
	if !slices.Contains(switches[i].Values, value) {
		return fmt.Errorf("switch %s: no value %q; it can be %s", name, value, strings.Join(switches[i].Values, ", "))
	}
	return nil
}

// switchboard holds the answers of a world; the lock of its store guards them.
type switchboard struct {
	store *store
	// passing are switches that go with the world and are in no state file.
	passing map[string]string
}

// Switches returns the value of every switch by name.
func (b *switchboard) Switches() map[string]string {
	b.store.mu.RLock()
	defer b.store.mu.RUnlock()
	all := map[string]string{}
	for _, s := range switches {
		all[s.Name] = b.switchValue(s.Name)
	}
	return all
}

// SetPassingSwitch sets one switch for as long as the world is open: no state file keeps it.
func (b *switchboard) SetPassingSwitch(name, value string) error {
	if err := checkSwitch(name, value); err != nil {
		return err
	}
	b.store.mu.Lock()
	defer b.store.mu.Unlock()
	b.passing[name] = value
	return nil
}

// SetSwitch sets one switch; the state file keeps it.
func (b *switchboard) SetSwitch(name, value string) error {
	if err := checkSwitch(name, value); err != nil {
		return err
	}
	return b.store.alter(func(s *State) error {
		delete(b.passing, name)
		if s.Switches == nil {
			s.Switches = map[string]string{}
		}
		s.Switches[name] = value
		return nil
	})
}

// switchValue needs the lock of the world, as all of the state does.
func (b *switchboard) switchValue(name string) string {
	if v, ok := b.passing[name]; ok {
		return v
	}
	if v, ok := b.store.state.Switches[name]; ok {
		return v
	}
	v, ok := defaults[name]
	if !ok {
		panic("sandbox: no switch " + name)
	}
	return v
}

var defaults = func() map[string]string {
	m := map[string]string{}
	for _, s := range switches {
		m[s.Name] = s.Default()
	}
	return m
}()

// is says whether a switch of the world stands at one of the values.
func (b *switchboard) is(name string, values ...string) bool {
	return slices.Contains(values, b.switchValue(name))
}
