using System.Text;

namespace Gatehouse.Platform.Crypto;

/// <summary>
/// Argon2id by libsodium, 64 MiB and 2 passes. One for two cores runs at once, two at most, and 32 wait, so that sign-in attempts cannot
/// exhaust a small machine's memory, nor keep all of its cores busy; <see cref="PasswordQueue"/> says who is next.
/// </summary>
public sealed class Passwords
{
    public const int MinLength = 10;
    public const int MaxLength = 256;
    private const ulong Passes = 2;
    private const nuint MemoryBytes = 64 * 1024 * 1024;
    private const int MostAtOnce = 2;
    private const int Waiting = 32;
    private readonly PasswordQueue _queue = new(Math.Clamp(Environment.ProcessorCount / 2, 1, MostAtOnce), Waiting);

    // Checked for an unknown user, so that it takes as long as a known one. Of a random password that nobody has.
    private readonly Lazy<string> _nobody = new(() => HashNow(Guid.NewGuid().ToString()));

    /// <summary>The hash of a password that somebody with the right to it chooses.</summary>
    /// <exception cref="PasswordQueueFullException"/>
    public Task<string> Hash(string password) => _queue.Run("", Precedence.Known, () => HashNow(password));

    /// <summary>Is this the password of the hash? With a null hash it does the same work and says no.</summary>
    /// <param name="from">The address it comes from, or another name for who asks.</param>
    /// <exception cref="PasswordQueueFullException"/>
    public Task<bool> Verify(string? hash, string password, string from = "", Precedence precedence = Precedence.Unsuspected) => _queue.Run(from, precedence, () =>
    {
        Span<byte> padded = stackalloc byte[Sodium.PasswordHashBytes];
        padded.Clear();
        Encoding.ASCII.GetBytes(hash ?? _nobody.Value, padded);
        return Sodium.PasswordVerify(padded, Encoding.UTF8.GetBytes(password)) && hash is not null;
    });

    private static string HashNow(string password)
    {
        Span<byte> hash = stackalloc byte[Sodium.PasswordHashBytes];
        Sodium.PasswordHash(hash, Encoding.UTF8.GetBytes(password), Passes, MemoryBytes);
        return Encoding.ASCII.GetString(hash[..hash.IndexOf((byte)0)]);
    }
}
