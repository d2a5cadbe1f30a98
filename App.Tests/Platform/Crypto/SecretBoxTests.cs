using System.Security.Cryptography;
using Gatehouse.Platform.Crypto;
using Gatehouse.Platform.Hosting;
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
        var bytes = Convert.FromBase64String(box.Seal("secret"u8, "totp"));
        for (var i = 0; i < bytes.Length; i++)
        {
            var altered = bytes.ToArray();
            altered[i] ^= 0x40;
            Assert.Throws<CryptographicException>(() => box.Open(Convert.ToBase64String(altered), "totp"));
        }
        Assert.Throws<CryptographicException>(() => box.Open(Convert.ToBase64String(bytes.AsSpan(0, 39)), "totp"));
    }

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
    public void The_data_folder_and_its_key_are_private_and_stay()
    {
        using var folder = new TestFolder();
        var path = folder.File("data");
        var text = DataFolder.Open(path).Secrets.Seal("secret"u8, "test");
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(path));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(path, "gatehouse.key")));
        Assert.Equal("secret"u8.ToArray(), DataFolder.Open(path).Secrets.Open(text, "test"));
    }

    [Fact]
    public void A_folder_or_key_that_others_may_read_is_refused_with_the_cure()
    {
        using var folder = new TestFolder();
        var path = folder.File("data");
        DataFolder.Open(path);
        var key = Path.Combine(path, "gatehouse.key");
        File.SetUnixFileMode(key, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead);
        Assert.Contains("chmod 600", Assert.Throws<DataFolderException>(() => DataFolder.Open(path)).Message, StringComparison.Ordinal);
        File.SetUnixFileMode(key, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        File.SetUnixFileMode(path, (UnixFileMode)0b111_101_101);
        Assert.Contains("chmod 700", Assert.Throws<DataFolderException>(() => DataFolder.Open(path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_key_file_that_is_none_is_refused()
    {
        using var folder = new TestFolder();
        File.WriteAllText(folder.File("gatehouse.key"), "short");
        File.SetUnixFileMode(folder.File("gatehouse.key"), UnixFileMode.UserRead | UnixFileMode.UserWrite);
        Assert.Contains("backup", Assert.Throws<DataFolderException>(() => DataFolder.Open(folder.Path)).Message, StringComparison.Ordinal);
    }
}
