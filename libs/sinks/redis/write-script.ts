/**
 * The write of one source, as a whole or not at all. It takes the changes frame as it is: no argument per key is built here or parsed there.
 *
 *     KEYS  location, hash of heads, hash of journals
 *     ARGV  changes frame, source, head, head that must be there ('' for none), journal field ('' for none), journal,
 *           keep (journal fields of the source that stay, by newlines; '' for all), structure, separator, ttl in ms ('' for none)
 *
 * Answers {'ok', put, deleted}, {'moved', head that is there or ''} or {'type', what is there}. Batches stay below Lua's limit of 8000 on `unpack`.
 */
export const WRITE_SCRIPT = `
local frame, source, head, expected = ARGV[1], ARGV[2], ARGV[3], ARGV[4]
local structure, separator, ttl = ARGV[8], ARGV[9], ARGV[10]
local at_location = KEYS[1]
local call, sub, unpack_bytes = redis.call, string.sub, struct.unpack

local function each(visit)
  local count, origins, at = unpack_bytes('<I4', frame, 9), unpack_bytes('<I2', frame, 7), 13
  for _ = 1, origins do at = at + 2 + unpack_bytes('<I2', frame, at) end
  for _ = 1, count do
    local op, key_bytes, value_bytes, start = unpack_bytes('<I1xxxxxxxI4I4', frame, at)
    local value_start = start + key_bytes
    at = value_start + value_bytes
    visit(op == 1, sub(frame, start, value_start - 1), value_start, at - 1)
  end
end

local function batched(command, most)
  local batch, size = {}, 0
  local function flush()
    local answer = size > 0 and call(command, at_location, unpack(batch, 1, size)) or 0
    size = 0
    return answer
  end
  return function(part)
    size = size + 1
    batch[size] = part
  end, function() return size >= most and flush() or 0 end, flush
end

local function write_hash()
  local put, deleted = 0, 0
  local add_put, put_when_full, put_rest = batched('HSET', 4000)
  local add_delete, delete_when_full, delete_rest = batched('HDEL', 4000)
  each(function(is_put, key, first, last)
    if is_put then
      put = put + 1
      add_put(key)
      add_put(sub(frame, first, last))
      put_when_full()
    else
      add_delete(key)
      deleted = deleted + delete_when_full()
    end
  end)
  put_rest()
  deleted = deleted + delete_rest()
  if ttl ~= '' and put > 0 then call('PEXPIRE', at_location, ttl) end
  return put, deleted
end

local function write_strings()
  local put, deleted = 0, 0
  each(function(is_put, key, first, last)
    local full = at_location .. separator .. key
    if not is_put then
      deleted = deleted + call('DEL', full)
      return
    end
    put = put + 1
    if ttl == '' then call('SET', full, sub(frame, first, last)) else call('SET', full, sub(frame, first, last), 'PX', ttl) end
  end)
  return put, deleted
end

local function other_type()
  local wanted, found = structure == 'HASH' and 'hash' or 'string', nil
  local function look(key)
    local kind = call('TYPE', key).ok
    if kind ~= 'none' and kind ~= wanted then found = kind end
  end
  if structure == 'HASH' then look(at_location) else each(function(_, key) look(at_location .. separator .. key) end) end
  return found
end

local current = call('HGET', KEYS[2], source) or ''
if current ~= expected then return { 'moved', current } end
local other = other_type()
if other then return { 'type', other } end

local put, deleted
if structure == 'HASH' then put, deleted = write_hash() else put, deleted = write_strings() end
call('HSET', KEYS[2], source, head)
if ARGV[5] ~= '' then
  call('HSET', KEYS[3], ARGV[5], ARGV[6])
  local own = source .. '@'
  for _, field in ipairs(call('HKEYS', KEYS[3])) do
    local is_own = sub(field, 1, #own) == own
    local stays = ARGV[7] == '' or string.find('\\n' .. ARGV[7] .. '\\n', '\\n' .. field .. '\\n', 1, true)
    if is_own and not stays then call('HDEL', KEYS[3], field) end
  end
end
return { 'ok', put, deleted }
`
