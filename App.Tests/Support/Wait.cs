namespace Gatehouse.Tests.Support;

/// <summary>Waits for what another thread does soon. Only a test that fails waits for all of the time, so it is long enough for a busy machine.</summary>
internal static class Wait
{
    private const double Patience = 60;

    /// <summary>Asks every few milliseconds until it holds.</summary>
    /// <exception cref="TimeoutException">It does not hold in time; the message says what.</exception>
    public static async Task Until(Func<Task<bool>> holds, Func<string> what, double seconds = Patience)
    {
        var until = DateTime.UtcNow.AddSeconds(seconds);
        while (!await holds())
        {
            if (DateTime.UtcNow > until)
                throw new TimeoutException($"Not within {seconds} s: {what()}");
            await Task.Delay(10);
        }
    }

    public static Task Until(Func<Task<bool>> holds, string what, double seconds = Patience) => Until(holds, () => what, seconds);
}
