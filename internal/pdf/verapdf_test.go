package pdf

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"traininghub/internal/attend"
)

// TestVeraPDF lets veraPDF confirm every file's claim to conform to PDF/UA-1. In CI it always runs.
// Elsewhere it needs Java and Maven; the checks of [inspect], a part of it, run everywhere.
func TestVeraPDF(t *testing.T) {
	for _, program := range []string{"java", "mvn"} {
		if _, err := exec.LookPath(program); err != nil && os.Getenv("CI") == "true" {
			t.Fatalf("%s is not installed (apt-get install openjdk-17-jre-headless maven)", program)
		} else if err != nil {
			t.Logf("veraPDF was not run: %s is not installed (apt-get install openjdk-17-jre-headless maven)", program)
			return
		}
	}
	dir := t.TempDir()
	var files []string
	add := func(name string, pdf []byte) {
		file := filepath.Join(dir, name+".pdf")
		if err := os.WriteFile(file, pdf, 0o600); err != nil {
			t.Fatal(err)
		}
		files = append(files, file)
	}
	for name, pdf := range documents(t) {
		add(name, pdf)
	}
	for name, d := range others() {
		add(name, mustDraw(t, d))
	}
	certificate := &attend.Certificate{
		Number: "SMJK-ZZWR-41", Name: "Siân Ŵyn-Kowalczyk", Title: "Talking well", Issuer: "Speech Ltd", Minutes: 470, Issued: received,
		Dates: []string{"Workshop 1: words: Tuesday 2 November 2021, 2pm to 5pm"},
	}
	add("certificate", mustDraw(t, certificate.Paper("Invented Training Hub", "https://training.example.org")))
	for name, s := range map[string]string{"empty": "", "signs": "Łódź שלום محمد ✓ 😀 中 \ue000 \x00 n\u0302 Հայ ﷺ",
		"letters": strings.Repeat("W", 100_000)} {
		add("hostile-"+name, mustDraw(t, overrun(s)))
	}
	// veraPDF really finds what is wrong.
	add("wrong", bytes.ReplaceAll(plainly(t, mustDraw(t, careers()), "", ""), []byte("/TU ("), []byte("/TX (")))

	cmd := exec.Command("testdata/verapdf.sh", files...)
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	verdicts := 0
	for line := range strings.Lines(string(out)) {
		verdict, rest, _ := strings.Cut(line, " ")
		if verdict != "PASS" && verdict != "FAIL" {
			continue
		}
		verdicts++
		if want := map[bool]string{true: "FAIL", false: "PASS"}[strings.Contains(rest, "wrong.pdf")]; verdict != want {
			t.Errorf("veraPDF says %s of %s", verdict, rest)
		}
	}
	if verdicts != len(files) {
		t.Errorf("veraPDF judged %d files of %d: %v", verdicts, len(files), err)
	}
	if t.Failed() {
		t.Logf("%s", out)
	}
}
