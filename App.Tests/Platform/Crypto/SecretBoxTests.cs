using System.Security.Cryptography;
using Gatehouse.Platform.Crypto;
using Gatehouse.Platform.Hosting;
using Gatehouse.Platform.Keys;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests.Platform.Crypto;

public sealed class SecretBoxTests
{
    private static SecretBox Box() => new(RandomNumberGenerator.GetBytes(32));

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(32)]
    [InlineData(100_000)]
    public void What_was_sealed_opens(int length)
    {
        var box = Box();
        var secret = RandomNumberGenerator.GetBytes(length);
        Assert.Equal(secret, box.Open(box.Seal(secret, "totp"), "totp"));
    }

    [Fact]
    public void The_same_secret_never_looks_the_same()
    {
        var box = Box();
        Assert.NotEqual(box.Seal("secret"u8, "totp"), box.Seal("secret"u8, "totp"));
    }

    [Fact]
    public void Another_purpose_or_key_does_not_open_it()
    {
        var box = Box();
        var text = box.Seal("secret"u8, "totp");
        Assert.Throws<CryptographicException>(() => box.Open(text, "smtp"));
        Assert.Throws<CryptographicException>(() => Box().Open(text, "totp"));
    }

    [Fact]
    public void A_change_of_any_byte_shows()
    {
        var box = Box();
        var text = box.Seal("secret"u8, "totp");
        var name = text[..(text.LastIndexOf('.') + 1)];
        var bytes = Convert.FromBase64String(text[name.Length..]);
        for (var i = 0; i < bytes.Length; i++)
        {
            var altered = bytes.ToArray();
            altered[i] ^= 0x40;
            Assert.Throws<CryptographicException>(() => box.Open(name + Convert.ToBase64String(altered), "totp"));
        }
        Assert.Throws<CryptographicException>(() => box.Open(name + Convert.ToBase64String(bytes.AsSpan(0, 39)), "totp"));
    }

    [Fact]
    public void A_sealed_text_names_its_key_and_one_without_a_name_opens_too()
    {
        var box = Box();
        var text = box.Seal("secret"u8, "totp");
        Assert.StartsWith($"v1.{box.Fingerprint[..8]}.", text);
        Assert.Matches("^[0-9a-f]{64}$", box.Fingerprint);
        Assert.Equal("secret"u8.ToArray(), box.Open(text.Split('.')[2], "totp"));
        Assert.Contains($"under the key {box.Name}", Assert.Throws<CryptographicException>(() => Box().Open(text, "totp")).Message);
    }

    [Theory]
    [InlineData("")]
    [InlineData("no base64!")]
    [InlineData("v2.00000000.AAAA")]
    [InlineData("v1.0000.AAAA")]
    [InlineData("v1.AAAA")]
    [InlineData("v1.00000000.AAAA.AAAA")]
    public void A_text_that_was_never_sealed_is_refused(string text) => Assert.Throws<CryptographicException>(() => Box().Open(text, "totp"));

    [Fact]
    public void Derived_keys_differ_by_purpose_and_stay_the_same()
    {
        var box = Box();
        Assert.Equal(box.Derive("csrf"), box.Derive("csrf"));
        Assert.NotEqual(box.Derive("csrf"), box.Derive("other"));
        Assert.NotEqual(box.Derive("csrf"), Box().Derive("csrf"));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(31)]
    [InlineData(33)]
    public void A_key_has_32_bytes(int length) => Assert.Throws<ArgumentException>(() => new SecretBox(new byte[length]));

    [Fact]
    public async Task The_data_folder_and_its_key_are_private_and_stay()
    {
        using var folder = new TestFolder();
        var path = folder.File("data");
        string text;
        await using (var place = await Installation.Open(DataFolder.Open(path), null))
            text = place.Secrets.Seal("secret"u8, "test");
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(path));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(path, "gatehouse.key")));
        await using var again = await Installation.Open(DataFolder.Open(path), null);
        Assert.Equal("secret"u8.ToArray(), again.Secrets.Open(text, "test"));
    }

    [Fact]
    public async Task A_folder_or_key_that_others_may_read_is_refused_with_the_cure()
    {
        using var folder = new TestFolder();
        var path = folder.File("data");
        await (await Installation.Open(DataFolder.Open(path), null)).DisposeAsync();
        var key = Path.Combine(path, "gatehouse.key");
        File.SetUnixFileMode(key, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead);
        Assert.Contains("chmod 600", (await Assert.ThrowsAsync<KeyFileException>(() => Installation.Open(DataFolder.Open(path), null))).Message, StringComparison.Ordinal);
        File.SetUnixFileMode(key, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        File.SetUnixFileMode(path, (UnixFileMode)0b111_101_101);
        Assert.Contains("chmod 700", Assert.Throws<DataFolderException>(() => DataFolder.Open(path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_key_file_that_is_none_is_refused()
    {
        using var folder = new TestFolder();
        await (await Installation.Open(DataFolder.Open(folder.Path), null)).DisposeAsync();
        File.WriteAllText(folder.File("gatehouse.key"), "short");
        File.SetUnixFileMode(folder.File("gatehouse.key"), UnixFileMode.UserRead | UnixFileMode.UserWrite);
        Assert.Contains("backup", (await Assert.ThrowsAsync<KeyFileException>(() => Installation.Open(DataFolder.Open(folder.Path), null))).Message, StringComparison.Ordinal);
    }
}
