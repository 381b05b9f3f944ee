using MedISeg.Api.Webhooks;
using Microsoft.Extensions.Options;

namespace MedISeg.Tests.Api.Webhooks;

public sealed class WebhookOptionsTests
{
    [Theory]
    [InlineData("https://his.test/hook?room=1", false)]
    [InlineData("http://127.0.0.1:9000/hook", false)]
    [InlineData("http://his.test/hook", true)]
    public void Validate_WholeTarget_Succeeds(string url, bool allowHttp) => Assert.True(Validate("his", new WebhookTarget
    {
        Url = new Uri(url), AllowHttp = allowHttp, Secret = WebhookReceiver.Secret, OtherSecret = WebhookReceiver.OtherSecret, Events = ["cancelled", "dead-lettered"],
    }).Succeeded);

    [Fact]
    public void Validate_EveryFault_IsNamedAtOnce()
    {
        ValidateOptionsResult result = Validate("The HIS", new WebhookTarget
        {
            Url = new Uri("ftp://user@his.test/"), Secret = "whsec_c2hvcnQ=", OtherSecret = WebhookReceiver.Secret[6..], Events = ["queued"],
        });

        foreach (string part in (string[])["a name has", ":Url must be an absolute", ":Secret must be 'whsec_'", ":OtherSecret must be", ":Events holds"])
            Assert.Contains(part, result.FailureMessage, StringComparison.Ordinal);
        Assert.DoesNotContain("c2hvcnQ", result.FailureMessage, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://his.test/hook")]
    [InlineData("http://169.254.169.254/latest")]
    public void Validate_PlainHttpToAnotherMachine_NeedsToBeAllowed(string url) => Assert.Contains(
        "http is for loopback", Validate("his", new WebhookTarget { Url = new Uri(url), Secret = WebhookReceiver.Secret }).FailureMessage, StringComparison.Ordinal);

    [Fact]
    public void Of_ExampleOfTheStandard_IsItsSignature() => Assert.Equal(
        "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
        WebhookSignature.Of([WebhookReceiver.Secret], "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, "{\"test\": 2432232314}"u8));

    private static ValidateOptionsResult Validate(string name, WebhookTarget target) =>
        new WebhookTargetsValidator().Validate(null, new WebhookOptions { Targets = new Dictionary<string, WebhookTarget> { [name] = target } });
}
