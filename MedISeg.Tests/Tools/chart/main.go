// Renders a Helm chart as Helm 3 does, with the same template engine and functions, and reads YAML as Kubernetes does.
//
// usage: chart render FOLDER [VALUES.yaml...]   {"values": {...}, "notes": "...", "objects": [{"file": "...", "object": {...}}]}
//
//	chart yaml FILE                        the file's first document as JSON
//
// Built from Debian's golang-go and golang-github-masterminds-sprig-dev, without modules. Charts with dependencies, hooks and look-ups are not rendered.
package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"sort"
	"strings"
	"text/template"

	"github.com/Masterminds/sprig"
	"gopkg.in/yaml.v2"
)

type object = map[string]interface{}

type rendered struct {
	File   string      `json:"file"`
	Object interface{} `json:"object"`
}

type apiVersions []string

// Has is Capabilities.APIVersions.Has: no extension is known to the renderer.
func (versions apiVersions) Has(version string) bool {
	for _, known := range versions {
		if known == version {
			return true
		}
	}
	return false
}

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "chart:", err)
		os.Exit(1)
	}
}

func run(arguments []string) error {
	if len(arguments) == 2 && arguments[0] == "yaml" {
		value, err := readFile(arguments[1])
		if err != nil {
			return err
		}
		return json.NewEncoder(os.Stdout).Encode(value)
	}
	if len(arguments) < 2 || arguments[0] != "render" {
		return errors.New("usage: chart render FOLDER [VALUES.yaml...] | chart yaml FILE")
	}
	values, err := mergedValues(append([]string{filepath.Join(arguments[1], "values.yaml")}, arguments[2:]...))
	if err != nil {
		return err
	}
	objects, notes, err := render(arguments[1], values)
	if err != nil {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(object{"values": values, "notes": notes, "objects": objects})
}

func render(folder string, values object) ([]rendered, string, error) {
	chart, err := readFile(filepath.Join(folder, "Chart.yaml"))
	if err != nil {
		return nil, "", err
	}
	about := object{}
	for key, value := range chart.(object) {
		about[strings.ToUpper(key[:1])+key[1:]] = value
	}
	name := about["Name"].(string)
	top := template.New("chart").Option("missingkey=zero")
	top.Funcs(functions(top))
	var files []string
	err = filepath.WalkDir(filepath.Join(folder, "templates"), func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		relative, _ := filepath.Rel(folder, path)
		file := name + "/" + filepath.ToSlash(relative)
		files = append(files, file)
		_, err = top.New(file).Parse(string(text))
		return err
	})
	if err != nil {
		return nil, "", err
	}
	sort.Strings(files)
	scope := object{
		"Values":  values,
		"Chart":   about,
		"Release": object{"Name": "test", "Namespace": "imaging", "Service": "Helm", "IsInstall": true, "IsUpgrade": false, "Revision": 1},
		"Capabilities": object{
			"KubeVersion": object{"Version": "v1.30.0", "Major": "1", "Minor": "30"},
			"APIVersions": apiVersions{"v1", "apps/v1", "networking.k8s.io/v1", "policy/v1"},
		},
	}
	objects, notes := []rendered{}, ""
	for _, file := range files {
		if strings.HasPrefix(filepath.Base(file), "_") {
			continue
		}
		scope["Template"] = object{"Name": file, "BasePath": name + "/templates"}
		text, err := execute(top, file, scope)
		if err != nil {
			return nil, "", err
		}
		if strings.HasSuffix(file, "NOTES.txt") {
			notes = text
			continue
		}
		for _, document := range regexp.MustCompile(`(?m)^---\s*$`).Split(text, -1) {
			value, err := parse([]byte(document))
			if err != nil {
				return nil, "", fmt.Errorf("%s: %w\n%s", file, err, document)
			}
			if value != nil {
				objects = append(objects, rendered{file, value})
			}
		}
	}
	return objects, notes, nil
}

func execute(top *template.Template, name string, scope interface{}) (string, error) {
	var text bytes.Buffer
	err := top.ExecuteTemplate(&text, name, scope)
	return strings.ReplaceAll(text.String(), "<no value>", ""), err
}

// functions are those of Helm: sprig's less the environment, and its own.
func functions(top *template.Template) template.FuncMap {
	all := sprig.TxtFuncMap()
	delete(all, "env")
	delete(all, "expandenv")
	all["toYaml"] = func(value interface{}) string {
		text, err := toYaml(value)
		if err != nil {
			return ""
		}
		return strings.TrimSuffix(text, "\n")
	}
	all["fromYaml"] = func(text string) object {
		value, err := parse([]byte(text))
		if read, ok := value.(object); ok && err == nil {
			return read
		}
		return object{"Error": fmt.Sprint(err)}
	}
	all["required"] = func(message string, value interface{}) (interface{}, error) {
		if text, ok := value.(string); value == nil || ok && text == "" {
			return nil, errors.New(message)
		}
		return value, nil
	}
	all["include"] = func(name string, scope interface{}) (string, error) { return execute(top, name, scope) }
	all["tpl"] = func(text string, scope interface{}) (string, error) {
		copied, err := top.Clone()
		if err == nil {
			_, err = copied.New("tpl").Parse(text)
		}
		if err != nil {
			return "", err
		}
		return execute(copied, "tpl", scope)
	}
	all["lookup"] = func(string, string, string, string) object { return object{} }
	return all
}

// mergedValues lays later files over earlier ones: maps key by key, all else whole; null takes a key away.
func mergedValues(paths []string) (object, error) {
	merged := object{}
	for _, path := range paths {
		value, err := readFile(path)
		if err != nil {
			return nil, err
		}
		if read, ok := value.(object); ok {
			merge(merged, read)
		}
	}
	return merged, nil
}

func merge(into, from object) {
	for key, value := range from {
		below, isMap := value.(object)
		known, wasMap := into[key].(object)
		switch {
		case value == nil:
			delete(into, key)
		case isMap && wasMap:
			merge(known, below)
		default:
			into[key] = value
		}
	}
}

func readFile(path string) (interface{}, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	value, err := parse(text)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return value, nil
}

// parse reads YAML 1.1 into what JSON would hold, so that all numbers are float64, as Helm's are. A key that is there twice is an error.
func parse(text []byte) (interface{}, error) {
	var value interface{}
	if err := yaml.UnmarshalStrict(text, &value); err != nil {
		return nil, err
	}
	plain, err := json.Marshal(jsonable(value))
	if err != nil {
		return nil, err
	}
	var read interface{}
	err = json.Unmarshal(plain, &read)
	return read, err
}

func jsonable(value interface{}) interface{} {
	switch typed := value.(type) {
	case map[interface{}]interface{}:
		result := object{}
		for key, below := range typed {
			result[fmt.Sprint(key)] = jsonable(below)
		}
		return result
	case []interface{}:
		for n := range typed {
			typed[n] = jsonable(typed[n])
		}
	}
	return value
}

func toYaml(value interface{}) (string, error) {
	plain, err := json.Marshal(value)
	if err != nil {
		return "", err
	}
	var read interface{}
	if err := yaml.Unmarshal(plain, &read); err != nil {
		return "", err
	}
	text, err := yaml.Marshal(read)
	return string(text), err
}
