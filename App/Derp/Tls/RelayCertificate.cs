using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Gatehouse.Derp.Tls;

/// <summary>How a certificate stands by the machine's clock.</summary>
internal enum CertificateValidity
{
    Valid,
    NotYetValid,

    /// <summary>Less than a tenth of its time is left, and nothing here will renew it.</summary>
    Ending,
    Expired,
}

/// <summary>The certificate that devices are shown now.</summary>
/// <param name="Name">What a DERP map holds as <c>CertName</c>; null when devices go by the host's name.</param>
/// <param name="NextName">The <c>CertName</c> of the one that takes its place, once that is settled.</param>
internal sealed record CertificateInForce(string? Name, DateTimeOffset From, DateTimeOffset Until, string? NextName = null, DateTimeOffset? NextAt = null)
{
    public CertificateValidity Validity(DateTimeOffset now) =>
        now < From ? CertificateValidity.NotYetValid
        : now >= Until ? CertificateValidity.Expired
        : Name is null && Until - now < (Until - From) / 10 ? CertificateValidity.Ending
        : CertificateValidity.Valid;
}

/// <summary>
/// The certificate that the relay shows, looked after while it runs: another takes its place for those who connect from then on,
/// and who is connected stays. Whatever is wrong is told once in the log, and leaves the one that is in force.
/// </summary>
internal abstract class RelayCertificate(string hostname, TimeProvider clock, ILogger log) : IDisposable
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(2);
    private readonly Lock _gate = new();
    private ITimer? _timer;
    private CertificateValidity _toldValidity;
    private string _toldFault = "";
    private bool _stopped;
    private volatile CertificateInForce? _inForce;

    protected string Hostname => hostname;
    protected TimeProvider Clock => clock;
    protected ILogger Log => log;
    protected DateTimeOffset Now => clock.GetUtcNow();

    public TlsContext Tls { get; } = new();

    public CertificateInForce InForce => _inForce!;

    /// <summary>How that one stands now.</summary>
    public CertificateValidity Validity => InForce.Validity(Now);

    /// <summary>Looks after it from now on, by itself.</summary>
    public void Watch()
    {
        Look();
        _timer = clock.CreateTimer(_ => Look(), null, LookEvery, LookEvery);
    }

    /// <summary>Looks whether another is to be shown.</summary>
    /// <param name="atOnce">Somebody says that all is in place: nothing is waited for.</param>
    public void Look(bool atOnce = false)
    {
        lock (_gate)
        {
            if (_stopped)
                return;
            try
            {
                Renew(atOnce);
                _toldFault = "";
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException or CryptographicException)
            {
                if (e.Message != _toldFault || atOnce)
                    log.LogWarning("The certificate that is shown stays as it is, valid until {Until}: {Fault}", Time(InForce.Until), e.Message);
                _toldFault = e.Message;
            }
            TellValidity();
        }
    }

    /// <summary>Runs while nothing else changes the certificate.</summary>
    protected void Alone(Action change)
    {
        lock (_gate)
            change();
    }

    protected abstract void Renew(bool atOnce);

    /// <summary>Shows this certificate from now on.</summary>
    /// <exception cref="CryptographicException">It cannot be used.</exception>
    protected void Show(X509Certificate2 own, X509Certificate2Collection chain, string? name, X509Certificate2? meta = null)
    {
        Tls.Use(own, chain, meta);
        _inForce = new CertificateInForce(name, own.NotBefore.ToUniversalTime(), own.NotAfter.ToUniversalTime());
    }

    /// <summary>Says which one comes next.</summary>
    protected void Announce(string name, DateTimeOffset at) => _inForce = InForce with { NextName = name, NextAt = at };

    // A wrong clock looks like a wrong certificate to whoever sees only the devices fail.
    private void TellValidity()
    {
        var validity = Validity;
        if (validity == _toldValidity)
            return;
        _toldValidity = validity;
        var clockSays = Time(Now);
        switch (validity)
        {
            case CertificateValidity.NotYetValid:
                log.LogError("The certificate is valid only from {From}, {Span} after what this machine's clock says ({Now}): is the clock right? Devices refuse the certificate until then", Time(InForce.From), Span(InForce.From - Now), clockSays);
                break;
            case CertificateValidity.Expired:
                log.LogError("The certificate ended at {Until}, {Span} before what this machine's clock says ({Now}): devices refuse it. Renew it, or set the clock right", Time(InForce.Until), Span(Now - InForce.Until), clockSays);
                break;
            case CertificateValidity.Ending:
                log.LogWarning("The certificate ends at {Until}, in {Span}, and no other has come: renew it", Time(InForce.Until), Span(InForce.Until - Now));
                break;
            default:
                log.LogInformation("The certificate is valid until {Until}", Time(InForce.Until));
                break;
        }
    }

    /// <summary>Reads the first certificate, and the key that belongs to it.</summary>
    /// <exception cref="CryptographicException">There is none, or the key is another's.</exception>
    protected static X509Certificate2 FromPem(string certificate, string key)
    {
        try
        {
            return X509Certificate2.CreateFromPem(certificate, key);
        }
        catch (ArgumentException e)
        {
            throw new CryptographicException("the key belongs to another certificate", e);
        }
    }

    protected static string Time(DateTimeOffset at) => at.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture) + " UTC";

    private static string Span(TimeSpan span) =>
        span.TotalHours < 1 ? $"{Math.Ceiling(span.TotalMinutes):0} minutes" : span.TotalDays < 2 ? $"{span.TotalHours:0} hours" : $"{span.TotalDays:0} days";

    public void Dispose()
    {
        _timer?.Dispose();
        lock (_gate)
        {
            _stopped = true;
            Tls.Dispose();
        }
        GC.SuppressFinalize(this);
    }
}
