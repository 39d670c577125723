package main

import (
	"encoding/json"
	"strings"

	confer "../go-confer"
)

// A line of the model's script: the first one whose part stands in the prompt gives the reply.
type line struct{ part, reply string }

const otherwise = "I have no line for that."

func readScript(text string) []line {
	script := []line{}
	for _, each := range strings.Split(text, "\n") {
		part, reply, both := strings.Cut(each, "\t")
		if thought, answer, thinks := strings.Cut(reply, "{answer}"); thinks && strings.HasPrefix(thought, "{thinking}") {
			reply = answer // this revision streams no thinking
		}
		if both {
			script = append(script, line{part, reply})
		}
	}
	return script
}

func reply(script []line, prompt string) string {
	for _, each := range script {
		if strings.Contains(prompt, each.part) {
			if each.reply == "{prompt}" {
				return prompt
			}
			return each.reply
		}
	}
	return otherwise
}

// tokens cuts a reply behind its spaces, so that joining the pieces gives the reply again; no piece is empty.
func tokens(text string) []string {
	pieces := strings.SplitAfter(text, " ")
	if last := len(pieces) - 1; pieces[last] == "" {
		pieces = pieces[:last]
	}
	return pieces
}

var roles = map[string]bool{
	"user": true, "assistant": true, "system": true, "developer": true, "tool_call": true, "tool_response": true,
}

type chatMessage struct {
	Role    string  `json:"role"`
	Content *string `json:"content"`
}

// What the deployed server binds from the body. Unknown members are passed over.
type chatRequest struct {
	Messages []chatMessage `json:"messages"`
	Model    *string       `json:"model"`
	Stream   *bool         `json:"stream"`
	Sampling *float64      `json:"temperature"`
	Most     *int64        `json:"maxTokens"`
	JSON     *bool         `json:"json"`
	Thinking *bool         `json:"thinking"`
	Search   *bool         `json:"webSearch"`
}

// A status that ends the request; the session goes on.
type status struct {
	code int32
	body string
}

func (s *status) Error() string { return s.body }

// Every history entry about tools carries a JSON object as a string.
func toolContent(m chatMessage, required ...string) error {
	refusal := &status{400, "Invalid " + m.Role + " message content"}
	if m.Content == nil {
		return refusal
	}
	object, err := confer.Object([]byte(*m.Content))
	if err != nil {
		return refusal
	}
	for _, name := range required {
		if _, err := confer.Text(object, name); err != nil {
			return refusal
		}
	}
	return nil
}

func readChat(body []byte) (*chatRequest, error) {
	if len(body) == 0 {
		return nil, &status{400, "Request body is required"}
	}
	request := &chatRequest{}
	if err := json.Unmarshal(body, request); err != nil || strings.TrimSpace(string(body)) == "null" {
		return nil, &status{400, "Invalid ChatRequest body"}
	}
	for _, each := range request.Messages {
		if !roles[each.Role] {
			return nil, &status{400, "Invalid ChatRequest body"}
		}
	}
	if request.Stream == nil || request.Messages == nil {
		return nil, &status{500, "Internal Server Error"}
	}
	for _, each := range request.Messages {
		var err error
		switch each.Role {
		case "tool_call":
			err = toolContent(each, "toolCallId", "toolName", "toolArguments")
		case "tool_response":
			err = toolContent(each, "toolCallId", "toolName", "content")
		}
		if err != nil {
			return nil, err
		}
	}
	return request, nil
}

// prompt is the last thing the user said.
func (r *chatRequest) prompt() string {
	for i := len(r.Messages) - 1; i >= 0; i-- {
		if r.Messages[i].Role == "user" && r.Messages[i].Content != nil {
			return *r.Messages[i].Content
		}
	}
	return ""
}

// answerChat says the scripted reply, in one piece or as events.
func (s *session) answerChat(id int64, body []byte) error {
	request, err := readChat(body)
	if err != nil {
		return err
	}
	text := reply(s.server.script, request.prompt())
	if !*request.Stream {
		return s.say(id, 200, []byte(text))
	}
	pieces := tokens(text)
	for _, piece := range pieces {
		if err := s.event(id, map[string]interface{}{"type": "token", "content": piece}); err != nil {
			return err
		}
	}
	return s.event(id, map[string]interface{}{
		"type": "completion", "pending_tool_calls": false,
		"context_tokens": len(pieces), "max_context_tokens": 262144,
	})
}

func (s *session) event(id int64, members map[string]interface{}) error {
	body, err := json.Marshal(members)
	if err != nil {
		return err
	}
	return s.say(id, 200, body)
}
