/* A dissector for Wireshark, in Lua: one table for each layout, and a walker for each of the two encodings. */
#include "pcapng.h"

static const char *const kinds[] = {[FIELD_BYTES] = "bytes", [FIELD_ZEROS] = "bytes", [FIELD_UINT_LE] = "le",   [FIELD_UINT_BE] = "be",
                                    [FIELD_REST] = "rest",   [PB_INT64] = "varint",   [PB_UINT32] = "varint",   [PB_BOOL] = "varint",
                                    [PB_BYTES] = "bytes",    [PB_STRING] = "string",  [PB_MESSAGE] = "message", [PB_PAIRS] = "bytes"};

/* Inner layouts first: a table names only what stands before it. */
static void put_layout(page *out, const layout *l, const char *name)
{
    for (size_t i = 0; i < l->n_fields; i++)
        if (l->fields[i].inner)
            put_layout(out, l->fields[i].inner, l->fields[i].inner->name);
    page_printf(out, "layouts[\"%s\"] = { encoding = \"%s\", fields = {\n", name, l->encoding == LAYOUT_PROTOBUF ? "protobuf" : "binary");
    for (size_t i = 0; i < l->n_fields; i++) {
        const field *f = &l->fields[i];
        page_printf(out, "  { name = \"%s\", kind = \"%s\", tag = %u, size = %u", f->name, kinds[f->kind], f->tag, f->size);
        if (f->inner)
            page_printf(out, ", inner = \"%s\"", f->inner->name);
        page_put(out, " },\n");
    }
    page_put(out, "} }\n");
}

static const char walkers[] =
    "local function field(tree, tvb, at, n, name, kind)\n"
    "  local part = tvb(at, n)\n"
    "  local text\n"
    "  if kind == 'string' then text = part:string()\n"
    "  elseif kind == 'le' and n <= 8 then text = tostring(part:le_uint64())\n"
    "  elseif kind == 'be' and n <= 8 then text = tostring(part:uint64())\n"
    "  else\n"
    "    local raw = part:raw()\n"
    "    local printable = not raw:find('[%c\\128-\\255]')\n"
    "    text = printable and raw or tostring(part:bytes())\n"
    "  end\n"
    "  return tree:add(part, name .. ': ' .. text)\n"
    "end\n"
    "\n"
    "local function varint(tvb, at)\n"
    "  local value, shift = UInt64(0), 0\n"
    "  while at < tvb:len() and shift < 70 do\n"
    "    local byte = tvb(at, 1):uint()\n"
    "    value = value + UInt64(byte % 128):lshift(shift)\n"
    "    at, shift = at + 1, shift + 7\n"
    "    if byte < 128 then return value, at end\n"
    "  end\n"
    "  return nil, at\n"
    "end\n"
    "\n"
    "local walk\n"
    "\n"
    "local function walk_binary(layout, tvb, tree)\n"
    "  local at = 0\n"
    "  for _, f in ipairs(layout.fields) do\n"
    "    local n = f.kind == 'rest' and tvb:len() - at or f.size\n"
    "    if n <= 0 or at + n > tvb:len() then break end\n"
    "    field(tree, tvb, at, n, f.name, f.kind)\n"
    "    at = at + n\n"
    "  end\n"
    "  if at < tvb:len() then tree:add(tvb(at), 'malformed: what no row describes') end\n"
    "end\n"
    "\n"
    "local function named(layout, tag)\n"
    "  for _, f in ipairs(layout.fields) do\n"
    "    if f.tag == tag then return f end\n"
    "  end\n"
    "  return { name = 'unknown field ' .. tag, kind = 'bytes' }\n"
    "end\n"
    "\n"
    "local function walk_protobuf(layout, tvb, tree)\n"
    "  local at = 0\n"
    "  while at < tvb:len() do\n"
    "    local start = at\n"
    "    local key, after = varint(tvb, at)\n"
    "    if not key then tree:add(tvb(start), 'malformed') return end\n"
    "    local number = key:tonumber()\n"
    "    local f, wire, n = named(layout, math.floor(number / 8)), number % 8, nil\n"
    "    at = after\n"
    "    if wire == 0 then\n"
    "      local value, past = varint(tvb, at)\n"
    "      if not value then tree:add(tvb(start), 'malformed') return end\n"
    "      tree:add(tvb(start, past - start), f.name .. ': ' .. tostring(value))\n"
    "      at = past\n"
    "    else\n"
    "      if wire == 1 then n = 8 elseif wire == 5 then n = 4\n"
    "      elseif wire == 2 then\n"
    "        local len, past = varint(tvb, at)\n"
    "        n, at = len and len:tonumber(), past\n"
    "      end\n"
    "      if not n or at + n > tvb:len() then tree:add(tvb(start), 'malformed') return end\n"
    "      if n == 0 then tree:add(tvb(start, at - start), f.name .. ': (empty)')\n"
    "      elseif f.inner then walk(f.inner, tvb(at, n):tvb(), tree:add(tvb(at, n), f.name))\n"
    "      else field(tree, tvb, at, n, f.name, f.kind) end\n"
    "      at = at + n\n"
    "    end\n"
    "  end\n"
    "end\n"
    "\n"
    "walk = function(name, tvb, tree)\n"
    "  local layout = layouts[name]\n"
    "  if layout.encoding == 'binary' then walk_binary(layout, tvb, tree) else walk_protobuf(layout, tvb, tree) end\n"
    "end\n"
    "\n"
    "local function dissector(name, says)\n"
    "  local proto = Proto('parley.' .. name, 'Parley ' .. says)\n"
    "  function proto.dissector(tvb, pinfo, tree)\n"
    "    pinfo.cols.protocol = 'PARLEY'\n"
    "    pinfo.cols.info = says .. ', ' .. tvb:len() .. ' bytes, opened'\n"
    "    local item = tree:add(proto, tvb(), 'Parley ' .. says)\n"
    "    if layouts[name] then walk(name, tvb, item)\n"
    "    elseif tvb:len() > 0 then item:add(tvb(), 'text: ' .. tvb():string()) end\n"
    "    return tvb:len()\n"
    "  end\n"
    "end\n"
    "\n"
    "dissector('frame', 'frame')\n"
    "dissector('request', 'request')\n"
    "dissector('response', 'response')\n"
    "dissector('evidence', 'evidence')\n";

void dissector_write(page *out)
{
    page_put(out, "-- Made by `parley pcap --dissector` from the tables of the specification: not to be edited.\nlocal layouts = {}\n");
    put_layout(out, &cf_frame_layout, "frame");
    put_layout(out, &cf_request_layout, "request");
    put_layout(out, &cf_response_layout, "response");
    page_put(out, walkers);
}
