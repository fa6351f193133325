package policy

import (
	"errors"
	"fmt"
	"maps"
)

// subjects makes the variables of every subject, in the order of the plan, and counts their values.
func (in Input) subjects() (map[Subject][]subject, int, error) {
	var c converter
	made, err := c.convert(shapeOf("Plan"), in.Plan)
	if err != nil {
		return nil, 0, fmt.Errorf("read the plan: %w", within("plan", err))
	}
	plan := made.(map[string]any)
	organizations, ok := plan["organizations"].([]any)
	if !ok {
		return nil, 0, errors.New("read the plan: it has no organizations")
	}
	keys, err := in.complete(&c, organizations)
	if err != nil {
		return nil, 0, err
	}
	now := in.Now.UTC()
	all := map[Subject][]subject{OnPlan: {{keys: keys, vars: map[string]any{"plan": plan, "now": now}}}}
	for i, key := range keys {
		own := subject{address: key, keys: keys[i : i+1],
			vars: map[string]any{"organization": organizations[i], "plan": plan, "now": now}}
		own.id, _ = organizations[i].(map[string]any)["id"].(int64)
		all[OnOrganization] = append(all[OnOrganization], own)
		all[OnStep] = append(all[OnStep], stepsOf(own)...)
	}
	return all, c.values, nil
}

// complete adds what the caller knows of each organization to its part of the plan. It gives their
// keys.
func (in Input) complete(c *converter, organizations []any) (keys []string, err error) {
	seen := map[string]bool{}
	for _, o := range organizations {
		organization := o.(map[string]any)
		key, _ := organization["key"].(string)
		if key == "" || seen[key] {
			return nil, errors.New("read the plan: an organization has no key of its own")
		}
		seen[key] = true
		keys = append(keys, key)
		if in.Organizations[key] == nil {
			continue
		}
		more, err := c.convert(shapeOf("Organization"), in.Organizations[key])
		if err != nil {
			return nil, fmt.Errorf("read what is known of %s: %w", shown(key), within("organization", err))
		}
		for name, value := range more.(map[string]any) {
			if !planKeys[name] {
				organization[name] = value
			}
		}
	}
	return keys, nil
}

func stepsOf(organization subject) (subjects []subject) {
	steps, _ := organization.vars["organization"].(map[string]any)["steps"].([]any)
	for _, s := range steps {
		step := s.(map[string]any)
		address, _ := step["address"].(string)
		n, _ := step["n"].(int64)
		own := organization
		own.address, own.step, own.vars = address, int(n), maps.Clone(organization.vars)
		own.vars["step"] = step
		subjects = append(subjects, own)
	}
	return subjects
}
