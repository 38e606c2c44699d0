// Asks a service for predictions with Go alone: go run . [URL [MODEL]]
package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"net/http"
	"os"
)

type prediction struct {
	Prediction   int     `json:"prediction"`
	Probability  float64 `json:"probability"`
	Model        string  `json:"model"`
	ModelVersion string  `json:"model_version"`
	Arm          string  `json:"arm"`
	PredictionID string  `json:"prediction_id"`
}

type tensor struct {
	Name     string `json:"name"`
	Datatype string `json:"datatype"`
	Shape    []int  `json:"shape"`
	Data     []any  `json:"data"`
}

func argument(position int, standard string) string {
	if position < len(os.Args) {
		return os.Args[position]
	}
	return standard
}

// ask posts a body and reads the answer into result. The error names the input, what was expected and what came.
func ask(url string, body, result any) error {
	text, err := json.Marshal(body)
	if err != nil {
		return err
	}
	response, err := http.Post(url, "application/json", bytes.NewReader(text))
	if err != nil {
		return err
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(response.Body)
	if err != nil {
		return err
	}
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("%s: %s", response.Status, answer)
	}
	return json.Unmarshal(answer, result)
}

func main() {
	url := argument(1, "http://127.0.0.1:8080")
	model := argument(2, "credit-default")
	row := map[string]any{
		"limit_bal": 20000, "age": 24, "approved_on": "2021-01-01", "sex": "2", "education": "2",
	}

	var answered struct {
		Predictions []prediction `json:"predictions"`
	}
	if err := ask(url+"/predict/"+model, map[string]any{"instances": []any{row}}, &answered); err != nil {
		log.Fatal(err)
	}
	for _, each := range answered.Predictions {
		line, _ := json.Marshal(each)
		fmt.Println(string(line))
	}

	var inputs []tensor
	for name, value := range row {
		datatype := "FP64"
		if _, isText := value.(string); isText {
			datatype = "BYTES"
		}
		inputs = append(inputs, tensor{name, datatype, []int{1, 1}, []any{value}})
	}
	var inferred struct {
		Outputs []tensor `json:"outputs"`
	}
	if err := ask(url+"/v2/models/"+model+"/infer", map[string]any{"inputs": inputs}, &inferred); err != nil {
		log.Fatal(err)
	}
	outputs := map[string]any{}
	for _, output := range inferred.Outputs {
		outputs[output.Name] = output.Data[0]
	}
	line, _ := json.Marshal(outputs)
	fmt.Println(string(line))
}
