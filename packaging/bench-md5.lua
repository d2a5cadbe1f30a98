-- MD5 (RFC 1321) of a text, in hexadecimal digits, for what bench.sh lets wrk sign.
local bit = require("bit")
local band, bor, bxor, bnot, rol, tohex, tobit = bit.band, bit.bor, bit.bxor, bit.bnot, bit.rol, bit.tohex, bit.tobit
local shifts, sines = {7, 12, 17, 22, 5, 9, 14, 20, 4, 11, 16, 23, 6, 10, 15, 21}, {}
for i = 0, 63 do sines[i] = tobit(math.floor(math.abs(math.sin(i + 1)) * 2 ^ 32)) end

function md5(text)
  local length = #text
  text = text .. "\128" .. ("\0"):rep((55 - length) % 64)
  for i = 0, 7 do text = text .. string.char(math.floor(length * 8 / 256 ^ i) % 256) end
  local a0, b0, c0, d0 = 0x67452301, tobit(0xefcdab89), tobit(0x98badcfe), 0x10325476
  for at = 1, #text, 64 do
    local words = {}
    for i = 0, 15 do
      local w, x, y, z = text:byte(at + i * 4, at + i * 4 + 3)
      words[i] = tobit(w + x * 256 + y * 65536 + z * 16777216)
    end
    local a, b, c, d = a0, b0, c0, d0
    for i = 0, 63 do
      local f, g
      if i < 16 then f, g = bor(band(b, c), band(bnot(b), d)), i
      elseif i < 32 then f, g = bor(band(d, b), band(bnot(d), c)), (5 * i + 1) % 16
      elseif i < 48 then f, g = bxor(b, c, d), (3 * i + 5) % 16
      else f, g = bxor(c, bor(b, bnot(d))), 7 * i % 16 end
      a, d, c, b = d, c, b, tobit(b + rol(tobit(a + f + sines[i] + words[g]), shifts[math.floor(i / 16) * 4 + i % 4 + 1]))
    end
    a0, b0, c0, d0 = tobit(a0 + a), tobit(b0 + b), tobit(c0 + c), tobit(d0 + d)
  end
  local function swapped(n) return tohex(bit.bswap(n)) end
  return swapped(a0) .. swapped(b0) .. swapped(c0) .. swapped(d0)
end
