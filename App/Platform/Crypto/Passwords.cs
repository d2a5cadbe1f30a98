using System.Text;

namespace Gatehouse.Platform.Crypto;

/// <summary>Too many sign-ins wait for their password to be checked; the caller tries again in a moment.</summary>
public sealed class PasswordQueueFullException() : Exception("Too many sign-ins at once.");

/// <summary>
/// Argon2id by libsodium, 64 MiB and 2 passes. Two run at once and 32 wait, so that sign-in attempts cannot exhaust a small
/// machine's memory.
/// </summary>
public sealed class Passwords
{
    public const int MinLength = 10;
    public const int MaxLength = 256;
    private const ulong Passes = 2;
    private const nuint MemoryBytes = 64 * 1024 * 1024;
    private const int AtOnce = 2;
    private const int Waiting = 32;
    private readonly SemaphoreSlim _slots = new(AtOnce);
    private int _queued;

    // Checked for an unknown user, so that it takes as long as a known one. Of a random password that nobody has.
    private readonly Lazy<string> _nobody = new(() => HashNow(Guid.NewGuid().ToString()));

    /// <exception cref="PasswordQueueFullException"/>
    public Task<string> Hash(string password) => Queued(() => HashNow(password));

    /// <summary>Is this the password of the hash? With a null hash it does the same work and says no.</summary>
    /// <exception cref="PasswordQueueFullException"/>
    public Task<bool> Verify(string? hash, string password) => Queued(() =>
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

    private async Task<T> Queued<T>(Func<T> work)
    {
        if (Interlocked.Increment(ref _queued) > AtOnce + Waiting)
        {
            Interlocked.Decrement(ref _queued);
            throw new PasswordQueueFullException();
        }
        await _slots.WaitAsync();
        try
        {
            return await Task.Run(work);
        }
        finally
        {
            _slots.Release();
            Interlocked.Decrement(ref _queued);
        }
    }
}
